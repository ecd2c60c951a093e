# Docket alone in an image: one static executable and an empty directory.
#
#   docker build -t docket .
#   docker run -d --name docket --read-only -p 8000:8000 -v docket:/data \
#     -e DOCKET_BASE_URL=https://tasks.example.org docket
#   docker exec docket /docket user add ada@example.org

FROM rust:1.95-alpine AS build
RUN apk add --no-cache build-base
WORKDIR /src
COPY Cargo.toml Cargo.lock ./
COPY .cargo .cargo
COPY src src
COPY static static
COPY benches benches
COPY tests tests
# Alpine's own target links musl statically.
RUN cargo build --release --locked --bin docket && mkdir /data

FROM scratch
LABEL org.opencontainers.image.title="Docket" \
      org.opencontainers.image.description="A self-hosted task manager in one executable" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0"
COPY --from=build /src/target/release/docket /docket
# A volume takes its owner from here. One that is mounted from the host must be
# writable for this user.
COPY --from=build --chown=65532:65532 --chmod=0700 /data /data
USER 65532:65532
ENV DOCKET_DATA_DIR=/data \
    DOCKET_ADDRESS=0.0.0.0
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=6s --start-period=60s CMD ["/docket", "healthcheck"]
ENTRYPOINT ["/docket"]
CMD ["serve"]
