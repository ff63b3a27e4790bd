package io.identities.gateway.k8s;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.springframework.boot.convert.DurationStyle;

/** What our pods promise: ports and probes that the application has, no privileges, time enough to drain. */
final class PodRules implements ManifestRule {

    /** The probes of the management port; an integration test asks the running application for each. */
    static final Set<String> PROBES = Set.of("/actuator/health/liveness", "/actuator/health/readiness");

    private static final String POD = "spec.template.spec.";
    private static final String USER = "10001";

    private final Map<String, Object> defaults;

    PodRules() {
        try {
            String yaml = Files.readString(Path.of("src/main/resources/application.yml"));
            defaults = Manifest.map(Manifest.strictYaml().load(yaml));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Stream<String> faults(List<Manifest> rendered) {
        List<String> faults = new ArrayList<>();
        for (Manifest workload : rendered) {
            if (!workload.find(POD + "containers[]").isEmpty()) {
                restricted(workload, faults);
            }
            if (workload.is("Deployment")) {
                gateway(workload, faults);
                draining(workload, rendered, faults);
            }
        }
        return faults.stream();
    }

    private void gateway(Manifest deployment, List<String> faults) {
        expect(deployment, POD + "containers[].image", "identities-gateway:1.0.0", faults);
        expect(deployment, POD + "securityContext.runAsUser", USER, faults);
        expect(deployment, POD + "containers[].startupProbe.httpGet.port", "management", faults);
        expect(deployment, POD + "containers[].livenessProbe.httpGet.port", "management", faults);
        expect(deployment, POD + "containers[].readinessProbe.httpGet.port", "management", faults);
        for (Object port : deployment.find(POD + "containers[].ports[]")) {
            String setting = "http".equals(Manifest.map(port).get("name")) ? "server.port" : "management.server.port";
            Object expected = setting(setting);
            if (!Manifest.map(port).get("containerPort").equals(expected)) {
                faults.add(
                        deployment.id() + ": port " + port + ", but the application's " + setting + " is " + expected);
            }
        }
        for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
            deployment.texts(POD + "containers[]." + probe + ".httpGet.path").stream()
                    .filter(path -> !PROBES.contains(path))
                    .forEach(path ->
                            faults.add(deployment.id() + ": " + probe + " on " + path + ", expected " + PROBES));
        }
    }

    private static void restricted(Manifest workload, List<String> faults) {
        expect(workload, POD + "automountServiceAccountToken", "false", faults);
        expect(workload, POD + "enableServiceLinks", "false", faults);
        expect(workload, POD + "securityContext.runAsNonRoot", "true", faults);
        expect(workload, POD + "securityContext.seccompProfile.type", "RuntimeDefault", faults);
        expect(workload, POD + "containers[].securityContext.allowPrivilegeEscalation", "false", faults);
        expect(workload, POD + "containers[].securityContext.readOnlyRootFilesystem", "true", faults);
        expect(workload, POD + "containers[].securityContext.capabilities.drop[]", "ALL", faults);
        workload.texts(POD + "containers[].image").stream()
                .filter(image -> !image.contains(":") || image.endsWith(":latest"))
                .forEach(image -> faults.add(workload.id() + ": image " + image + " without a fixed tag"));
    }

    /** SIGTERM to the end: the pre-stop delay, then the drain, then five seconds for the rest. */
    private void draining(Manifest deployment, List<Manifest> rendered, List<String> faults) {
        Duration grace = Duration.ofSeconds(
                ((Number) deployment.find(POD + "terminationGracePeriodSeconds").get(0)).longValue());
        Duration drain = duration(setting("spring.lifecycle.timeout-per-shutdown-phase"));
        Duration delay = ApplicationFiles.settings(rendered)
                .filter(setting -> setting.getKey().equals("identities.shutdown.pre-stop-delay"))
                .map(setting -> duration(setting.getValue()))
                .findFirst()
                .orElse(Duration.ZERO);
        if (delay.isZero() || grace.compareTo(delay.plus(drain).plusSeconds(5)) < 0) {
            faults.add(deployment.id() + ": " + grace + " to stop, expected " + delay + " of pre-stop delay, " + drain
                    + " of drain and 5 s");
        }
    }

    private static Duration duration(Object text) {
        return DurationStyle.detectAndParse(String.valueOf(text));
    }

    private Object setting(String name) {
        return ApplicationFiles.flatten(defaults)
                .filter(setting -> setting.getKey().equals(name))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("application.yml without " + name));
    }

    private static void expect(Manifest workload, String path, String expected, List<String> faults) {
        List<String> found = workload.texts(path);
        if (found.isEmpty() || !found.stream().allMatch(expected::equals)) {
            faults.add(workload.id() + ": " + path + " is " + found + ", expected " + expected);
        }
    }
}
