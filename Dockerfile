# Aquatint in a container:
#
#     docker build -t aquatint .
#     docker run -p 7860:7860 -v aquatint:/data aquatint
#
# The first start makes an API key and prints it, since a container listens where others can reach it.

FROM node:22-slim AS page
WORKDIR /ui
COPY host/ui .
RUN npm ci --no-audit --no-fund && npm run build

FROM rust:1.95-slim-bookworm AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends gcc g++ make pkg-config \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY . .
# The program has the page in it.
COPY --from=page /ui/dist host/ui/dist
RUN cargo build --profile shipped --locked -p aquatint

FROM python:3.12-slim-bookworm
# Python and pip fetch ONNX Runtime, once; drawing needs neither.
RUN useradd --create-home --uid 10001 aquatint && mkdir /data && chown aquatint /data
COPY --from=build /source/target/shipped/aquatint /opt/aquatint/aquatint
COPY models/starter /opt/aquatint/models/starter
COPY dist/container.sh /opt/aquatint/container.sh
USER aquatint
ENV AQUATINT_DATA=/data AQUATINT_HOST=0.0.0.0 PATH=/opt/aquatint:$PATH
VOLUME /data
EXPOSE 7860
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=3s --start-period=10s \
    CMD ["python3", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:7860/healthz', timeout=2)"]
ENTRYPOINT ["sh", "/opt/aquatint/container.sh"]
CMD ["serve"]
