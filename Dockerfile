# The image of identities-gateway. First: ./mvnw verify. Then: docker build -t identities-gateway:1.0.0 .
#
# Without a registry, name images that are at hand:
#   buildah bud --isolation chroot --network host \
#     --build-arg JDK_IMAGE=localhost/jdk:25 --build-arg RUNTIME_IMAGE=localhost/base:1 -t identities-gateway:1.0.0 .
# With a digest, nobody can move the tag under you:
#   --build-arg JDK_DIGEST=@sha256:… --build-arg RUNTIME_DIGEST=@sha256:…
ARG JDK_IMAGE=docker.io/library/eclipse-temurin:25.0.3_9-jdk-noble
ARG JDK_DIGEST=""
ARG RUNTIME_IMAGE=gcr.io/distroless/base-nossl-debian12:nonroot
ARG RUNTIME_DIGEST=""

FROM ${JDK_IMAGE}${JDK_DIGEST} AS build
WORKDIR /build
COPY target/identities-gateway.jar src/docker/TrainingRun.java ./
COPY src/docker/jvm.options src/docker/compiler.directives /application/
# A Java runtime of the modules that the application and its libraries use, some of them by name at run time only.
RUN jlink --output /opt/runtime --no-header-files --no-man-pages --compress zip-6 --add-modules \
java.base,java.compiler,java.desktop,java.instrument,java.logging,java.management,java.naming,java.net.http,\
java.prefs,java.scripting,java.security.jgss,java.security.sasl,java.sql,java.xml,\
jdk.crypto.ec,jdk.jfr,jdk.management,jdk.naming.dns,jdk.net,jdk.unsupported,jdk.zipfs
RUN java -Djarmode=tools -jar identities-gateway.jar extract --layers --destination layers \
    && cp -a layers/*/. /application/
# Netty would unpack its native transport into a temporary directory, and there is none.
RUN mkdir -p /application/native && for jar in /application/lib/netty-transport-native-*-linux-*.jar; do \
        (mkdir unpacked && cd unpacked && jar xf "$jar" META-INF/native && mv META-INF/native/*.so /application/native/ && cd .. && rm -r unpacked); done
# The cache of loaded and linked classes, from a run that starts, logs in, proxies and stops. It belongs to this very
# Java runtime and these very files: the next stage copies them as they are, times included.
WORKDIR /application
RUN java /build/TrainingRun.java /opt/runtime/bin/java && chmod -R a+rX /application

FROM ${RUNTIME_IMAGE}${RUNTIME_DIGEST}
COPY --from=build /opt/runtime /opt/runtime
COPY --from=build /application/lib /application/lib
COPY --from=build /application/native /application/native
COPY --from=build /application/identities-gateway.jar /application/jvm.options /application/compiler.directives /application/
COPY --from=build /application/identities-gateway.aot /application/
WORKDIR /application
# Few malloc arenas: the C library would otherwise hold memory for each thread.
ENV MALLOC_ARENA_MAX=2
# Numeric, so that Kubernetes can tell that it is not root. Nothing is written anywhere.
USER 10001:10001
EXPOSE 8080 8081
STOPSIGNAL SIGTERM
ENTRYPOINT ["/opt/runtime/bin/java", "@/application/jvm.options", "-jar", "/application/identities-gateway.jar"]
