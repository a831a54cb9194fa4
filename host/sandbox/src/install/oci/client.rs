use std::cell::RefCell;
use std::io::Write;

use semver::Version;
use serde::Deserialize;
use ureq::AsSendBody;
use ureq::http::{HeaderMap, HeaderValue, Method, header};

use super::OciError;
use super::auth::{self, Challenge, Login, Token};
use super::manifest::{self, ImageManifest};
use crate::digest::Digest;
use crate::install::http::{Address, Http, Reply, header_value};
use crate::install::sign::Signature;
use crate::locator::Oci;
use crate::logs::clean_line;
use crate::names::shown;

/// More pages of tags than any repository of plugins has.
const MOST_PAGES: usize = 50;

/// One repository of a registry.
pub struct Client<'a> {
    pub(super) http: &'a Http,
    pub(super) place: &'a Oci,
    login: Option<Login>,
    /// What the registry was last content with, as a header.
    pass: RefCell<Option<String>>,
}

/// What a tag or a digest leads to.
#[derive(Clone, Debug)]
pub struct Pulled {
    /// The digest of the manifest.
    pub digest: Digest,
    /// The digest of the component.
    pub component: Digest,
    /// The component's bytes.
    pub size: u64,
    /// Its signature, not verified yet.
    pub signature: Option<Signature>,
    /// The manifest.
    pub manifest: ImageManifest,
    /// Where it was found: with the tag that was asked for, or that was the newest.
    pub found: Oci,
}

impl<'a> Client<'a> {
    /// A client for the repository of a locator, with the login that `docker login` has left.
    #[must_use]
    pub fn new(http: &'a Http, place: &'a Oci) -> Self {
        Self {
            http,
            place,
            login: Login::find(&place.registry.authority),
            pass: RefCell::default(),
        }
    }

    /// What the locator leads to; without tag and digest, the newest version among the tags.
    ///
    /// # Errors
    /// It leads to no component, or not to the digest that it names.
    pub fn resolve(&self) -> Result<Pulled, OciError> {
        let mut found = self.place.clone();
        if found.tag.is_none() && found.digest.is_none() {
            found.tag = Some(self.newest()?);
        }
        let what = found.to_string();
        let reference = match (&found.tag, &found.digest) {
            (Some(tag), _) => tag.clone(),
            (None, Some(digest)) => digest.to_string(),
            (None, None) => return Err(self.answer(&what, "no tag is a version".to_owned())),
        };
        let bytes = self
            .manifest(&reference)?
            .ok_or_else(|| OciError::NotFound {
                what: what.clone(),
                said: String::new(),
            })?;
        let digest = Digest::of(&bytes);
        if let Some(expected) = found.digest
            && digest != expected
        {
            return Err(OciError::Digest {
                what,
                found: digest,
                expected,
            });
        }
        let manifest = ImageManifest::read(&bytes, &what)?;
        let (component, size) = manifest.component(&what)?;
        Ok(Pulled {
            digest,
            component,
            size,
            signature: manifest.signature(&what)?,
            manifest,
            found,
        })
    }

    /// The bytes of a manifest, `None` if there is none of that name.
    pub(super) fn manifest(&self, reference: &str) -> Result<Option<Vec<u8>>, OciError> {
        let address = self.address(&format!("manifests/{reference}"))?;
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_static(manifest::MANIFEST));
        let reply = self.ask(Method::GET, &address, &headers, (), "pull")?;
        if reply.status() == 404 {
            return Ok(None);
        }
        let what = format!(
            "{}/{}",
            self.place.registry.authority, self.place.repository
        );
        let reply = self.expect(reply, &what, &[200])?;
        let said = reply.header("docker-content-digest").map(str::to_owned);
        let bytes = reply.read(manifest::LARGEST)?;
        if let Some(said) = said.and_then(|said| said.parse::<Digest>().ok()) {
            let found = Digest::of(&bytes);
            if said != found {
                return Err(OciError::Digest {
                    what: format!("manifest {} of {what}", shown(reference)),
                    found,
                    expected: said,
                });
            }
        }
        Ok(Some(bytes))
    }

    /// Writes the component while it comes, and holds it against its digest.
    ///
    /// # Errors
    /// It does not come whole, is larger than it was said to be or than `most`, or is something else.
    pub fn component(
        &self,
        pulled: &Pulled,
        most: u64,
        sink: &mut dyn Write,
        progress: &mut dyn FnMut(u64, Option<u64>),
    ) -> Result<(), OciError> {
        let what = pulled.found.to_string();
        if pulled.size > most {
            let reason = format!("has {} bytes, expected at most {most}", pulled.size);
            return Err(self.answer(&what, reason));
        }
        let address = self.address(&format!("blobs/{}", pulled.component))?;
        let reply = self.ask(Method::GET, &address, &HeaderMap::new(), (), "pull")?;
        let reply = self.expect(reply, &what, &[200])?;
        let found = reply.copy(pulled.size, sink, progress)?;
        if found != pulled.component {
            return Err(OciError::Digest {
                what,
                found,
                expected: pulled.component,
            });
        }
        Ok(())
    }

    /// The tag that is the highest version; releases before pre-releases.
    fn newest(&self) -> Result<String, OciError> {
        #[derive(Deserialize)]
        struct Tags {
            tags: Option<Vec<String>>,
        }
        let what = self.place.to_string();
        let mut address = self.address("tags/list")?.with_query(&[("n", "1000")]);
        let mut best: Option<(Version, String)> = None;
        for _ in 0..MOST_PAGES {
            let reply = self.ask(Method::GET, &address, &HeaderMap::new(), (), "pull")?;
            let reply = self.expect(reply, &what, &[200])?;
            let next = reply
                .header(header::LINK)
                .and_then(next_page)
                .map(str::to_owned);
            let bytes = reply.read(manifest::LARGEST)?;
            let page: Tags = serde_json::from_slice(&bytes)
                .map_err(|error| self.answer(&what, format!("list of tags: {error}")))?;
            for tag in page.tags.unwrap_or_default() {
                let Some(version) = tag_version(&tag) else {
                    continue;
                };
                let rank = |version: &Version| (version.pre.is_empty(), version.clone());
                if best
                    .as_ref()
                    .is_none_or(|(best, _)| rank(best) < rank(&version))
                {
                    best = Some((version, tag));
                }
            }
            match next {
                Some(next) => address = address.join(&next)?,
                None => break,
            }
        }
        best.map(|(_, tag)| tag).ok_or_else(|| {
            self.answer(
                &what,
                "no tag is a version, expected one such as 1.2.0".to_owned(),
            )
        })
    }

    /// Asks, and once more with what the registry wants to see if it wants to see something.
    pub(super) fn ask(
        &self,
        method: Method,
        address: &Address,
        headers: &HeaderMap,
        body: impl AsSendBody + Copy,
        actions: &str,
    ) -> Result<Reply, OciError> {
        let send = |pass: Option<&str>| {
            let mut headers = headers.clone();
            if let Some(pass) = pass {
                let mut value = header_value(pass, address)?;
                value.set_sensitive(true);
                headers.insert(header::AUTHORIZATION, value);
            }
            if method == Method::GET {
                self.http.get(address, &headers)
            } else {
                self.http.send(method.clone(), address, &headers, body)
            }
        };
        let pass = self.pass.borrow().clone();
        let reply = send(pass.as_deref())?;
        if reply.status() != 401 || !reply.address().same_origin(address) {
            return Ok(reply);
        }
        let challenges = reply.headers().get_all(header::WWW_AUTHENTICATE);
        let challenge = challenges
            .iter()
            .filter_map(|value| value.to_str().ok())
            .find_map(Challenge::read);
        let pass = match challenge {
            Some(Challenge::Basic) => self.login.as_ref().map(Login::header),
            Some(Challenge::Bearer {
                realm,
                service,
                scope,
            }) => {
                let scope = scope
                    .unwrap_or_else(|| format!("repository:{}:{actions}", self.place.repository));
                self.token(address, &realm, service.as_deref(), &scope)?
            }
            None => None,
        };
        let Some(pass) = pass else { return Ok(reply) };
        let reply = send(Some(&pass))?;
        self.pass.replace(Some(pass));
        Ok(reply)
    }

    fn token(
        &self,
        registry: &Address,
        realm: &str,
        service: Option<&str>,
        scope: &str,
    ) -> Result<Option<String>, OciError> {
        // By the rules for redirects: a registry elsewhere must not send anyone's login to this machine, or off TLS.
        let realm = registry.join(realm)?;
        let mut query = vec![("scope", scope)];
        query.extend(service.map(|service| ("service", service)));
        let address = realm.with_query(&query);
        let mut headers = HeaderMap::new();
        if let Some(login) = &self.login {
            headers.insert(
                header::AUTHORIZATION,
                header_value(&login.header(), &address)?,
            );
        }
        let what = format!("{realm}");
        let reply = self.http.get(&address, &headers)?;
        let reply = self.expect(reply, &what, &[200])?;
        let bytes = reply.read(auth::LARGEST)?;
        let token: Token = serde_json::from_slice(&bytes)
            .map_err(|error| self.answer(&what, format!("token: {error}")))?;
        token
            .header()
            .map(Some)
            .ok_or_else(|| self.answer(&what, "no token in the answer".to_owned()))
    }

    /// `https://HOST/v2/REPOSITORY/…`, without TLS on this machine.
    pub(super) fn address(&self, path: &str) -> Result<Address, OciError> {
        let Oci {
            registry,
            repository,
            ..
        } = self.place;
        let scheme = if registry.loopback { "http" } else { "https" };
        let host = match registry.authority.as_str() {
            "docker.io" => "registry-1.docker.io",
            other => other,
        };
        Ok(Address::parse(&format!(
            "{scheme}://{host}/v2/{repository}/{path}"
        ))?)
    }

    /// The answer, if its status is one of these; otherwise what it means.
    pub(super) fn expect(
        &self,
        reply: Reply,
        what: &str,
        statuses: &[u16],
    ) -> Result<Reply, OciError> {
        let status = reply.status();
        if statuses.contains(&status) {
            return Ok(reply);
        }
        let what = what.to_owned();
        let said = said(reply);
        Err(match status {
            401 | 403 => OciError::Refused {
                what,
                anonymous: self.login.is_none(),
                said,
            },
            404 => OciError::NotFound { what, said },
            status => OciError::Status { what, status, said },
        })
    }

    pub(super) fn answer(&self, what: &str, reason: String) -> OciError {
        OciError::Answer {
            what: what.to_owned(),
            reason,
        }
    }
}

/// A version out of a tag. Tags cannot hold a `+`, so tools write `_` for it.
pub(in crate::install) fn tag_version(tag: &str) -> Option<Version> {
    let tag = tag.strip_prefix('v').unwrap_or(tag);
    Version::parse(&tag.replacen('_', "+", 1)).ok()
}

/// `</v2/…?last=x>; rel="next"`.
fn next_page(link: &str) -> Option<&str> {
    let (target, rest) = link.strip_prefix('<')?.split_once('>')?;
    rest.contains("next").then_some(target)
}

/// What a registry says about a failure, in brackets.
fn said(reply: Reply) -> String {
    #[derive(Deserialize)]
    struct Errors {
        errors: Vec<Error>,
    }
    #[derive(Deserialize)]
    struct Error {
        #[serde(default)]
        code: String,
        #[serde(default)]
        message: String,
    }
    let Ok(bytes) = reply.read(64 * 1024) else {
        return String::new();
    };
    let Ok(answer) = serde_json::from_slice::<Errors>(&bytes) else {
        return String::new();
    };
    let Some(Error { code, message }) = answer.errors.into_iter().next() else {
        return String::new();
    };
    let text = clean_line(&format!("{code} {message}"), 200);
    match text.trim() {
        "" => String::new(),
        text => format!(" ({text})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_versions_or_not() {
        for (tag, version) in [
            ("1.2.3", Some("1.2.3")),
            ("v0.1.0", Some("0.1.0")),
            ("1.0.0-rc.1", Some("1.0.0-rc.1")),
            ("1.0.0_build.5", Some("1.0.0+build.5")),
            ("latest", None),
            ("1.2", None),
            ("sha256-abc.sig", None),
        ] {
            let expected = version.map(|text| text.parse().expect("a version"));
            assert_eq!(tag_version(tag), expected, "{tag}");
        }
    }

    #[test]
    fn pages_are_linked() {
        assert_eq!(
            next_page("</v2/a/tags/list?last=x&n=1000>; rel=\"next\""),
            Some("/v2/a/tags/list?last=x&n=1000")
        );
        assert_eq!(next_page("</v2/a>; rel=\"prev\""), None);
        assert_eq!(next_page(""), None);
    }
}
