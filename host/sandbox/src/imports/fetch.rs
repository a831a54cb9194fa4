use crate::bindings::interfaces::fetch as wit;
use crate::guest::{Guest, Refused, away, from_params, refuse};
use crate::net::{FetchLimits, Method, Outgoing, fetch};
use crate::permissions::{Kind, Permission};
use crate::problem::Problem;
use crate::settings::Value;

impl From<wit::Method> for Method {
    fn from(method: wit::Method) -> Self {
        match method {
            wit::Method::Get => Self::Get,
            wit::Method::Head => Self::Head,
            wit::Method::Post => Self::Post,
            wit::Method::Put => Self::Put,
            wit::Method::Patch => Self::Patch,
            wit::Method::Delete => Self::Delete,
        }
    }
}

impl wit::Host for Guest {
    async fn send(&mut self, request: wit::Request) -> Result<wit::Response, Refused> {
        self.count();
        let mut limits = FetchLimits::within(self.deadline.left(), self.limits.transfer.0);
        for (key, value) in from_params(request.options)? {
            match (key.as_str(), value) {
                ("timeout", Value::Int(milliseconds)) if milliseconds > 0 => {
                    limits.shorten(milliseconds.unsigned_abs());
                }
                ("max-bytes", Value::Int(bytes)) if bytes >= 0 => {
                    limits.narrow(bytes.unsigned_abs())
                }
                ("redirects", Value::Flag(follow)) => limits.follow = follow,
                ("timeout" | "max-bytes" | "redirects", _) => {
                    return refuse(Problem::InvalidInput(format!(
                        "option `{key}`: expected a positive int, or a flag for `redirects`"
                    )));
                }
                _ => {
                    return refuse(Problem::InvalidInput(format!(
                        "unknown option `{}`, expected timeout, max-bytes or redirects",
                        crate::names::shown(&key)
                    )));
                }
            }
        }
        let rules: Vec<_> = self
            .granted
            .of_kind(Kind::Net)
            .filter_map(|permission| match permission {
                Permission::Net(rule) => Some(rule.clone()),
                _ => None,
            })
            .collect();
        let outgoing = Outgoing {
            method: request.method.into(),
            url: request.url,
            headers: request.headers,
            body: request.body,
        };
        let (stop, network) = (self.job.stop.clone(), self.job.services.network());
        let answer = away::begin("aquatint-fetch", move || {
            fetch(outgoing, &rules, &limits, &stop, &*network)
        })?;
        let response = away::end(answer, "the request broke").await?;
        Ok(wit::Response {
            status: response.status,
            headers: response.headers,
            body: response.body,
        })
    }
}
