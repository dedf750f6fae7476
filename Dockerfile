# The service as an image.
FROM swift:6.3.1-bookworm AS build
WORKDIR /ropewalk

# What changes seldom stands first: a change of the sources uses these layers again.
COPY packages.txt scripts/deps ./
RUN ./deps packages.txt
# The tests are not copied, and SwiftPM would look for them.
COPY Package.swift ./
RUN echo 'package.targets.removeAll { target in target.isTest || target.name == "TestSupport" }' >> Package.swift \
    && swift package resolve

COPY openapi.yaml ./
COPY Sources Sources
RUN swift build -c release --static-swift-stdlib --product ropewalk \
    && strip .build/release/ropewalk

FROM debian:bookworm-slim
# Debian's stable suite has one version of a package: one that is named here is gone with its next security fix.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libmicrohttpd12 \
    && apt-get clean \
    && rm -rf /var/lib/apt/lists/*
COPY --from=build /ropewalk/.build/release/ropewalk /usr/local/bin/ropewalk

LABEL org.opencontainers.image.title="ropewalk" \
      org.opencontainers.image.description="Rotary position embedding (RoPE) over HTTP." \
      org.opencontainers.image.version="0.1.0"
# A number, because Kubernetes does not believe a name that it is not root.
USER 10001:10001
ENV ROPEWALK_HOST=0.0.0.0
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=5s CMD ["ropewalk", "healthcheck"]
ENTRYPOINT ["ropewalk"]
CMD ["serve"]
