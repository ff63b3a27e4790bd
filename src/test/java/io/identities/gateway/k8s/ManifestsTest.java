package io.identities.gateway.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every rendering of {@code k8s/} against the API's own types and our own rules; and the rules against planted faults. */
class ManifestsTest {

    private static final Path K8S = Path.of("k8s");

    static Stream<Path> renderings() throws IOException {
        try (Stream<Path> files = Files.walk(K8S)) {
            return files
                    .filter(file -> file.endsWith("kustomization.yaml"))
                    .map(Path::getParent)
                    .filter(ManifestsTest::isComplete)
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    @Test
    void everyFolderThatTheReadmeNamesIsRendered() throws IOException {
        assertThat(renderings().map(folder -> K8S.relativize(folder).toString().replace('\\', '/')))
                .contains(
                        "base",
                        "overlays/edge",
                        "overlays/companion",
                        "overlays/redis",
                        "overlays/monitoring",
                        "recipes/traefik",
                        "recipes/envoy-gateway",
                        "recipes/nginx-gateway-fabric");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("renderings")
    void renderingHasNoFault(Path folder) {
        assertThat(faults(Kustomization.render(folder))).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("renderings")
    @DisplayName("Our rendering is the one of kubectl kustomize, where kubectl is installed")
    void renderingIsThatOfKubectl(Path folder) throws Exception {
        String kubectl = System.getenv().getOrDefault("KUBECTL", "kubectl");
        assumeTrue(answers(kubectl), "kubectl is not installed");
        Process process = new ProcessBuilder(kubectl, "kustomize", folder.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String yaml = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).isZero();
        assertThat(sorted(Kustomization.render(folder))).isEqualTo(sorted(Manifest.parse(yaml)));
    }

    @Test
    void imagesAndNamesAgreeAcrossOverlays() throws IOException {
        List<String> deployments = renderings()
                .flatMap(folder -> Kustomization.render(folder).stream())
                .filter(manifest -> manifest.is("Deployment"))
                .map(manifest -> manifest.name() + " " + manifest.texts("spec.template.spec.containers[].image"))
                .distinct()
                .toList();

        assertThat(deployments).containsExactly("identities-gateway [identities-gateway:1.0.0]");
    }

    @Test
    void theSecretOfTheExampleIsOneThatTheGatewayRefuses() {
        List<String> secrets = Kustomization.render(K8S.resolve("base")).stream()
                .filter(manifest -> manifest.is("Secret"))
                .flatMap(secret -> secret.mapAt("data").entrySet().stream())
                .filter(entry -> entry.getKey().startsWith("identities."))
                .map(entry -> SettingRules.decoded(entry.getValue()))
                .toList();

        assertThat(secrets).isNotEmpty().allMatch(value -> value.startsWith("change-me"));
    }

    @Test
    @DisplayName("HDR-11 the Ingress neither refuses nor collects large bodies, and lets silent streams be")
    void hdr11_ingressTakesLargeBodies() {
        List<Manifest> ingress = Kustomization.render(K8S.resolve("overlays/edge")).stream()
                .filter(manifest -> manifest.is("Ingress"))
                .toList();

        assertThat(ingress)
                .singleElement()
                .satisfies(only -> assertThat(only.mapAt("metadata.annotations"))
                        .containsEntry("nginx.ingress.kubernetes.io/proxy-body-size", "0")
                        .containsEntry("nginx.ingress.kubernetes.io/proxy-request-buffering", "off")
                        .containsEntry("nginx.ingress.kubernetes.io/proxy-read-timeout", "600")
                        .containsEntry("nginx.ingress.kubernetes.io/proxy-send-timeout", "600"));
    }

    @Test
    void prometheusRuleSaysWhatTheRulesForPromtoolSay() throws IOException {
        Object rules = Manifest.strictYaml().load(Files.readString(K8S.resolve("monitoring/rules.yaml")));
        List<Manifest> rule = Kustomization.render(K8S.resolve("overlays/monitoring")).stream()
                .filter(manifest -> manifest.is("PrometheusRule"))
                .toList();

        assertThat(rule)
                .singleElement()
                .satisfies(only -> assertThat(only.mapAt("spec")).isEqualTo(rules));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void plantedFaultIsRefused(String fault, String folder, Consumer<List<Manifest>> plant, String expected) {
        List<Manifest> rendered = new ArrayList<>(Kustomization.render(K8S.resolve(folder)));
        plant.accept(rendered);

        assertThat(faults(rendered)).isNotEmpty().anyMatch(found -> found.contains(expected));
    }

    static Stream<Arguments> plantedFaultIsRefused() {
        String container = "spec.template.spec.containers[]";
        return Stream.of(
                fault("unknown field", "base", "Deployment", "spec", map -> map.put("replicaCount", 2), "replicaCount"),
                fault("wrong type", "base", "Deployment", "spec", map -> map.put("replicas", "two"), "two"),
                fault("missing selector", "base", "Deployment", "spec", map -> map.remove("selector"), "selector"),
                fault(
                        "removed API version",
                        "base",
                        "PodDisruptionBudget",
                        "",
                        map -> map.put("apiVersion", "policy/v1beta1"),
                        "policy/v1beta1"),
                fault(
                        "bad quantity",
                        "base",
                        "Deployment",
                        container + ".resources.limits",
                        map -> map.put("memory", "256 MB"),
                        "256 MB"),
                fault(
                        "bad enum",
                        "base",
                        "Deployment",
                        container,
                        map -> map.put("imagePullPolicy", "Sometimes"),
                        "Sometimes"),
                fault(
                        "bad name",
                        "base",
                        "Service",
                        "metadata",
                        map -> map.put("name", "Identities_GW"),
                        "Identities_GW"),
                fault(
                        "selector and labels differ",
                        "base",
                        "Deployment",
                        "spec.template.metadata.labels",
                        map -> map.put("app.kubernetes.io/name", "other"),
                        "selector does not match"),
                fault(
                        "probe on a path that does not exist",
                        "base",
                        "Deployment",
                        container + ".livenessProbe.httpGet",
                        map -> map.put("path", "/healthz"),
                        "/healthz"),
                fault(
                        "probe on a port that does not exist",
                        "base",
                        "Deployment",
                        container + ".livenessProbe.httpGet",
                        map -> map.put("port", "admin"),
                        "admin"),
                fault(
                        "setting that the application does not know",
                        "base",
                        "Secret",
                        "data",
                        map -> map.put("identities.keys.secrets", "eA=="),
                        "identities.keys.secrets"),
                fault(
                        "setting in a file that the application does not know",
                        "base",
                        "ConfigMap",
                        "data",
                        map -> map.put("application.yaml", "identities.backend.url: http://identities"),
                        "identities.backend.url"),
                fault(
                        "environment variable of no setting",
                        "recipes/envoy-gateway",
                        "Deployment",
                        container + ".env[]",
                        map -> map.put("name", "IDENTITIES_FORWARDAUTH_DIALEKT"),
                        "IDENTITIES_FORWARDAUTH_DIALEKT"),
                fault(
                        "less time to stop than the drain takes",
                        "base",
                        "Deployment",
                        "spec.template.spec",
                        map -> map.put("terminationGracePeriodSeconds", 30),
                        "pre-stop delay"),
                fault(
                        "number of replicas beside an autoscaler",
                        "base",
                        "Deployment",
                        "spec",
                        map -> map.put("replicas", 2),
                        "spec.replicas"),
                fault(
                        "unknown field of a custom kind",
                        "overlays/monitoring",
                        "ServiceMonitor",
                        "spec.endpoints[]",
                        map -> map.put("bearer", "x"),
                        "bearer is unknown"),
                fault(
                        "route to a Service that does not exist",
                        "overlays/edge",
                        "HTTPRoute",
                        "spec.rules[].backendRefs[]",
                        map -> map.put("name", "gateway"),
                        "no Service gateway"));
    }

    private static Arguments fault(
            String name,
            String folder,
            String kind,
            String path,
            Consumer<Map<String, Object>> plant,
            String expected) {
        Consumer<List<Manifest>> planter = rendered -> {
            Manifest manifest =
                    rendered.stream().filter(each -> each.is(kind)).findFirst().orElseThrow();
            Object place =
                    path.isEmpty() ? manifest.content() : manifest.find(path).get(0);
            plant.accept(Manifest.map(place));
        };
        return Arguments.of(name, folder, planter, expected);
    }

    private static List<String> faults(List<Manifest> rendered) {
        return rules().flatMap(rule -> rule.faults(rendered)).toList();
    }

    private static Stream<ManifestRule> rules() {
        Stream<ManifestRule> always = Stream.of(
                new StrictModels(), new SyntaxRules(), new ReferenceRules(), new PodRules(), new SettingRules());
        return Stream.concat(always, openApi().stream());
    }

    private static Optional<ManifestRule> openApi() {
        return Optional.ofNullable(System.getProperty("test.vectors"))
                .filter(folder -> !folder.isBlank())
                .map(folder -> Path.of(folder, "kubernetes-openapi", "1.35"))
                .filter(Files::isDirectory)
                .map(OpenApiDocuments::new);
    }

    private static boolean isComplete(Path folder) {
        try {
            return Files.readString(folder.resolve("kustomization.yaml")).contains("kind: Kustomization");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean answers(String program) {
        try {
            return new ProcessBuilder(program, "version", "--client")
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static List<Map<String, Object>> sorted(List<Manifest> manifests) {
        return manifests.stream()
                .sorted(Comparator.comparing(Manifest::id))
                .map(Manifest::content)
                .toList();
    }
}
