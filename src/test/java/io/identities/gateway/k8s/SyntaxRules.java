package io.identities.gateway.k8s;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What the API server checks beyond types: names, labels, quantities, closed sets of words and required fields. */
final class SyntaxRules implements ManifestRule {

    private static final Pattern SUBDOMAIN =
            Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
    private static final Pattern LABEL = Pattern.compile("[a-z]([-a-z0-9]{0,61}[a-z0-9])?");
    private static final Pattern PORT_NAME = Pattern.compile("(?=.*[a-z])[a-z0-9](-?[a-z0-9]){0,14}");
    private static final Pattern LABEL_KEY =
            Pattern.compile("([a-z0-9.-]{1,253}/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?");
    private static final Pattern LABEL_VALUE = Pattern.compile("([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?");
    private static final Pattern DATA_KEY = Pattern.compile("[-._a-zA-Z0-9]{1,253}");
    private static final Pattern QUANTITY =
            Pattern.compile("[0-9]+(\\.[0-9]+)?([eE][-+]?[0-9]+|Ki|Mi|Gi|Ti|Pi|Ei|n|u|m|k|M|G|T|P|E)?");

    /** The end of a path, and the words allowed there. */
    private static final Map<String, Set<String>> WORDS = Map.ofEntries(
            Map.entry(".imagePullPolicy", Set.of("Always", "IfNotPresent", "Never")),
            Map.entry(".strategy.type", Set.of("RollingUpdate", "Recreate")),
            Map.entry(".whenUnsatisfiable", Set.of("DoNotSchedule", "ScheduleAnyway")),
            Map.entry(".seccompProfile.type", Set.of("RuntimeDefault", "Localhost", "Unconfined")),
            Map.entry(".policyTypes[]", Set.of("Ingress", "Egress")),
            Map.entry(".pathType", Set.of("Exact", "Prefix", "ImplementationSpecific")),
            Map.entry(".path.type", Set.of("Exact", "PathPrefix", "RegularExpression")),
            Map.entry(".filters[].type", Set.of("ExtensionRef", "RequestHeaderModifier", "URLRewrite")),
            Map.entry(".protocol", Set.of("TCP", "UDP", "SCTP", "HTTP", "HTTPS")),
            Map.entry(".unhealthyPodEvictionPolicy", Set.of("AlwaysAllow", "IfHealthyBudget")),
            Map.entry(".metrics[].type", Set.of("Resource", "Pods", "Object", "External", "ContainerResource")),
            Map.entry(".target.type", Set.of("Utilization", "Value", "AverageValue")),
            Map.entry(".policies[].type", Set.of("Pods", "Percent")),
            Map.entry(".accessModes[]", Set.of("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod")),
            Map.entry(".restartPolicy", Set.of("Always", "OnFailure", "Never")));

    private static final Map<String, List<String>> SERVICE_TYPES =
            Map.of("spec.type", List.of("ClusterIP", "NodePort", "LoadBalancer", "ExternalName"));

    private static final Map<String, List<String>> REQUIRED = Map.of(
            "Deployment", List.of("spec.selector.matchLabels", "spec.template.metadata.labels"),
            "StatefulSet", List.of("spec.selector.matchLabels", "spec.template.metadata.labels", "spec.serviceName"),
            "Service", List.of("spec.selector", "spec.ports[].port"),
            "PodDisruptionBudget", List.of("spec.selector.matchLabels"),
            "HorizontalPodAutoscaler", List.of("spec.scaleTargetRef.name", "spec.maxReplicas"),
            "NetworkPolicy", List.of("spec.podSelector"),
            "Ingress", List.of("spec.rules[].http.paths[].pathType", "spec.rules[].http.paths[].backend.service.name"),
            "Gateway", List.of("spec.gatewayClassName", "spec.listeners[].name"),
            "HTTPRoute", List.of("spec.parentRefs[].name", "spec.rules[].backendRefs[].name"));

    @Override
    public Stream<String> faults(List<Manifest> rendered) {
        return rendered.stream().flatMap(manifest -> {
            List<String> faults = new ArrayList<>();
            names(manifest, faults);
            scalars(manifest, faults);
            REQUIRED.getOrDefault(manifest.kind(), List.of()).stream()
                    .filter(path -> manifest.find(path).isEmpty())
                    .forEach(path -> faults.add(path + " is missing"));
            containers(manifest, faults);
            return faults.stream().map(fault -> manifest.id() + ": " + fault);
        });
    }

    private static void names(Manifest manifest, List<String> faults) {
        Pattern name = manifest.is("Service") ? LABEL : SUBDOMAIN;
        expect(name, manifest.name(), "metadata.name", faults);
        for (String path : List.of("metadata.labels", "spec.selector.matchLabels", "spec.template.metadata.labels")) {
            manifest.mapAt(path).forEach((key, value) -> {
                expect(LABEL_KEY, key, path, faults);
                expect(LABEL_VALUE, "" + value, path + "." + key, faults);
            });
        }
        manifest.mapAt("data").keySet().forEach(key -> expect(DATA_KEY, key, "data", faults));
    }

    private static void containers(Manifest manifest, List<String> faults) {
        for (Object container : manifest.find("spec.template.spec.containers[]")) {
            for (String required : List.of("name", "image", "resources.requests.memory", "resources.limits.memory")) {
                if (Manifest.find(container, required).isEmpty()) {
                    faults.add("container without " + required);
                }
            }
            Manifest.find(container, "name").forEach(name -> expect(LABEL, "" + name, "container name", faults));
            Manifest.find(container, "ports[].name").forEach(name -> expect(PORT_NAME, "" + name, "port name", faults));
        }
    }

    private static void scalars(Manifest manifest, List<String> faults) {
        manifest.walk((path, value) -> {
            WORDS.forEach((end, words) -> {
                if (("." + path).endsWith(end) && !words.contains("" + value)) {
                    faults.add(path + " is " + value + ", expected one of " + words);
                }
            });
            if (path.matches(".*resources\\.(requests|limits)\\.[a-z.-]+")) {
                expect(QUANTITY, "" + value, path, faults);
            }
        });
        if (manifest.is("Service")) {
            SERVICE_TYPES.forEach((path, words) -> manifest.texts(path).stream()
                    .filter(type -> !words.contains(type))
                    .forEach(type -> faults.add(path + " is " + type + ", expected one of " + words)));
        }
    }

    private static void expect(Pattern pattern, String value, String where, List<String> faults) {
        if (!pattern.matcher(value).matches()) {
            faults.add(where + " is \"" + value + "\", expected " + pattern);
        }
    }
}
