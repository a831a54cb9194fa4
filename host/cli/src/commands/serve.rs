//! `aquatint serve`.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use aquatint_server::config::Layers;
use aquatint_server::{Server, logs};
use clap::Args;

use crate::exit::Usage;
use crate::{data, output};

/// Every flag is a setting too: see `aquatint config show`.
#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    #[command(flatten)]
    settings: SettingArgs,
    /// The folder that everything is kept in [default: AQUATINT_DATA, or that of the user]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Open the page in a browser
    #[arg(long)]
    open: bool,
    /// Print nothing but the address
    #[arg(long)]
    quiet: bool,
}

/// The settings that have flags.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct SettingArgs {
    /// The file with settings [default: AQUATINT_CONFIG, or aquatint.toml in the data folder]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The address to listen at [default: 127.0.0.1, this machine alone]
    #[arg(long, value_name = "ADDRESS")]
    host: Option<IpAddr>,
    /// The port; 0 takes any that is free [default: 7860]
    #[arg(long, value_name = "PORT")]
    port: Option<u16>,
    /// Listen where others can reach it without asking anyone for a key
    #[arg(long)]
    insecure: bool,
    /// The certificates of TLS
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The private key of TLS
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// A folder with more plugins
    #[arg(long, value_name = "DIR")]
    plugins: Option<PathBuf>,
    /// A folder with more models
    #[arg(long, value_name = "DIR")]
    models: Option<PathBuf>,
    /// The file that styles are taken from [default: styles.csv of the data folder]
    #[arg(long, value_name = "FILE")]
    styles: Option<PathBuf>,
    /// The folder with embeddings (textual inversion) [default: embeddings in the data folder]
    #[arg(long, value_name = "DIR")]
    embeddings: Option<PathBuf>,
    /// A tiny VAE for previews and for pictures that ask for it: a folder of diffusers or a file such as
    /// taesd_decoder.safetensors [default: the model's tiny_vae, or tiny/FAMILY in the data folder]
    #[arg(long, value_name = "PATH|off")]
    tiny_vae: Option<PathBuf>,
    /// How logs are written: text or json
    #[arg(long, value_name = "FORMAT")]
    log: Option<String>,
    /// How much is logged: error, warn, info, debug or trace
    #[arg(long, value_name = "LEVEL")]
    log_level: Option<String>,
}

impl SettingArgs {
    /// The file, the environment and these flags, one over another.
    pub(crate) fn layers(&self, data: &Path) -> anyhow::Result<Layers> {
        let path =
            |path: &Option<PathBuf>| path.as_ref().map(|it| it.to_string_lossy().into_owned());
        let variable = std::env::var_os("AQUATINT_CONFIG").filter(|it| !it.is_empty());
        let file = self.config.clone().or_else(|| variable.map(PathBuf::from));
        Ok(Layers::new()
            .file(file.as_deref(), data)?
            .environment(std::env::vars_os().filter_map(|(name, value)| {
                Some((name.into_string().ok()?, value.into_string().ok()?))
            }))?
            .flag("host", self.host.map(|host| host.to_string()))
            .flag("port", self.port.map(i64::from))
            .flag("insecure", self.insecure.then_some(true))
            .flag("tls_cert", path(&self.tls_cert))
            .flag("tls_key", path(&self.tls_key))
            .flag("plugins", path(&self.plugins))
            .flag("models", path(&self.models))
            .flag("styles", path(&self.styles))
            .flag("embeddings", path(&self.embeddings))
            .flag("tiny_vae", path(&self.tiny_vae))
            .flag("log", self.log.clone())
            .flag("log_level", self.log_level.clone()))
    }
}

impl ServeArgs {
    /// The data folder.
    pub(crate) fn data(&self) -> anyhow::Result<PathBuf> {
        match &self.data {
            Some(folder) => std::path::absolute(folder)
                .with_context(|| format!("cannot find {}", folder.display())),
            None => data::folder(),
        }
    }
}

pub(crate) fn run(args: &ServeArgs, data: &Path) -> anyhow::Result<()> {
    let config = args.settings.layers(data)?.config()?;
    for (name, folder) in [
        ("plugins", &config.plugins),
        ("models", &config.models),
        ("embeddings", &config.embeddings),
    ] {
        if let Some(folder) = folder.as_deref().filter(|folder| !folder.is_dir()) {
            let folder = folder.display();
            return Err(Usage(format!("{name} is {folder}, expected a folder")).into());
        }
    }
    let is_off = |path: &Path| path == Path::new("off");
    for (name, path) in [("styles", &config.styles), ("tiny_vae", &config.tiny_vae)] {
        if let Some(path) = path
            .as_deref()
            .filter(|path| !(path.exists() || name == "tiny_vae" && is_off(path)))
        {
            let path = path.display();
            return Err(Usage(format!("{name} is {path}, which is not there")).into());
        }
    }
    logs::start(&config);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_name("aquatint-http")
        .build()?;
    runtime.block_on(async {
        // Heard from the start: who starts and stops it at once is obeyed too.
        let stop = stopped()?;
        let server = Server::bind(config, data).await?;
        let url = server.url();
        output::line(&url)?;
        if !args.quiet {
            output::tell("Ctrl-C stops it");
        }
        if args.open && !open(&url) {
            output::tell(format_args!("no browser could be opened: {url}"));
        }
        server.serve(stop).await?;
        Ok(())
    })
}

/// Done with the first Ctrl-C or SIGTERM. The second ends the process at once.
fn stopped() -> anyhow::Result<impl Future<Output = ()>> {
    let (sender, receiver) = tokio::sync::oneshot::channel();
    let mut sender = Some(sender);
    ctrlc::set_handler(move || match sender.take() {
        Some(sender) => drop(sender.send(())),
        None => std::process::exit(130),
    })?;
    Ok(async move {
        if receiver.await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}

/// Opens a page by what the system has for that. Whether there was anything.
fn open(url: &str) -> bool {
    let mut command = if cfg!(target_os = "macos") {
        std::process::Command::new("open")
    } else if cfg!(windows) {
        let mut command = std::process::Command::new("cmd");
        command.args(["/C", "start", ""]);
        command
    } else {
        std::process::Command::new("xdg-open")
    };
    command
        .arg(url)
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .is_ok()
}
