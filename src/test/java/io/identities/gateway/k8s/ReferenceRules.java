package io.identities.gateway.k8s;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** What points at something must find it: selectors, ports, volumes, targets of routes and of scaling. */
final class ReferenceRules implements ManifestRule {

    /** Yours, not ours: the backend that the examples name. */
    private static final String BACKEND = "identities";

    private static final String POD_LABELS = "spec.template.metadata.labels";
    private static final String CONTAINERS = "spec.template.spec.containers[]";

    @Override
    public Stream<String> faults(List<Manifest> rendered) {
        List<String> faults = new ArrayList<>();
        for (Manifest manifest : rendered) {
            switch (manifest.kind()) {
                case "Deployment", "StatefulSet" -> workload(manifest, rendered, faults);
                case "Service" -> service(manifest, rendered, faults);
                case "PodDisruptionBudget" -> selects(manifest, "spec.selector.matchLabels", rendered, faults);
                case "NetworkPolicy" -> networkPolicy(manifest, rendered, faults);
                case "HorizontalPodAutoscaler" -> scaleTarget(manifest, rendered, faults);
                case "Ingress" -> ingress(manifest, rendered, faults);
                case "HTTPRoute", "SecurityPolicy" -> backends(manifest, rendered, faults);
                case "ServiceMonitor" -> serviceMonitor(manifest, rendered, faults);
                case "IngressRoute" -> ingressRoute(manifest, rendered, faults);
                default -> {
                    // Points at nothing.
                }
            }
        }
        return faults.stream();
    }

    private static void workload(Manifest workload, List<Manifest> rendered, List<String> faults) {
        Map<String, Object> labels = workload.mapAt(POD_LABELS);
        if (!covers(labels, workload.mapAt("spec.selector.matchLabels"))) {
            faults.add(workload.id() + ": selector does not match the labels of its pods");
        }
        for (Object spread :
                workload.find("spec.template.spec.topologySpreadConstraints[].labelSelector.matchLabels")) {
            if (!covers(labels, Manifest.map(spread))) {
                faults.add(workload.id() + ": topology spread does not match the labels of its pods");
            }
        }
        exists(workload, "spec.template.spec.serviceAccountName", "ServiceAccount", rendered, faults);
        exists(workload, "spec.template.spec.volumes[].configMap.name", "ConfigMap", rendered, faults);
        exists(workload, "spec.template.spec.volumes[].secret.secretName", "Secret", rendered, faults);
        exists(workload, CONTAINERS + ".env[].valueFrom.secretKeyRef.name", "Secret", rendered, faults);
        exists(workload, "spec.serviceName", "Service", rendered, faults);
        List<Object> volumes = new ArrayList<>(workload.find("spec.template.spec.volumes[].name"));
        volumes.addAll(workload.find("spec.volumeClaimTemplates[].metadata.name"));
        workload.find(CONTAINERS + ".volumeMounts[].name").stream()
                .filter(mount -> !volumes.contains(mount))
                .forEach(mount -> faults.add(workload.id() + ": no volume " + mount));
        for (Object container : workload.find(CONTAINERS)) {
            for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
                Stream.of(".httpGet.port", ".tcpSocket.port")
                        .flatMap(port -> Manifest.find(container, probe + port).stream())
                        .filter(port -> !hasPort(container, port))
                        .forEach(port -> faults.add(workload.id() + ": " + probe + " on a port " + port + " of none"));
            }
        }
    }

    private static void service(Manifest service, List<Manifest> rendered, List<String> faults) {
        List<Manifest> selected = selects(service, "spec.selector", rendered, faults);
        for (Object port : service.find("spec.ports[].targetPort")) {
            if (selected.stream().noneMatch(workload -> listens(workload, port))) {
                faults.add(service.id() + ": no selected pod listens on " + port);
            }
        }
    }

    private static void networkPolicy(Manifest policy, List<Manifest> rendered, List<String> faults) {
        Map<String, Object> selector = policy.mapAt("spec.podSelector.matchLabels");
        if (BACKEND.equals(selector.get("app.kubernetes.io/name"))) {
            return;
        }
        List<Manifest> selected = selects(policy, "spec.podSelector.matchLabels", rendered, faults);
        for (Object port : policy.find("spec.ingress[].ports[].port")) {
            if (selected.stream().noneMatch(workload -> listens(workload, port))) {
                faults.add(policy.id() + ": no selected pod listens on " + port);
            }
        }
    }

    private static void scaleTarget(Manifest scaler, List<Manifest> rendered, List<String> faults) {
        String kind = scaler.texts("spec.scaleTargetRef.kind").get(0);
        exists(scaler, "spec.scaleTargetRef.name", kind, rendered, faults);
        List<String> names = scaler.texts("spec.scaleTargetRef.name");
        rendered.stream()
                .filter(scaled -> scaled.is(kind) && names.contains(scaled.name()))
                .filter(scaled -> !scaled.find("spec.replicas").isEmpty())
                .forEach(scaled ->
                        faults.add(scaled.id() + ": spec.replicas, which each apply would set against " + scaler.id()));
    }

    private static void ingress(Manifest ingress, List<Manifest> rendered, List<String> faults) {
        for (Object service : ingress.find("spec.rules[].http.paths[].backend.service")) {
            Object port = Stream.of("port.name", "port.number")
                    .flatMap(path -> Manifest.find(service, path).stream())
                    .findFirst()
                    .orElse("none");
            serves(ingress, Manifest.map(service).get("name"), port, rendered, faults);
        }
    }

    private static void backends(Manifest route, List<Manifest> rendered, List<String> faults) {
        Stream.of("spec.rules[].backendRefs[]", "spec.extAuth.http.backendRefs[]")
                .flatMap(path -> route.find(path).stream())
                .map(Manifest::map)
                .forEach(backend -> serves(route, backend.get("name"), backend.get("port"), rendered, faults));
        exists(route, "spec.rules[].filters[].extensionRef.name", "SnippetsFilter", rendered, faults);
        exists(route, "spec.targetRefs[].name", "HTTPRoute", rendered, faults);
    }

    private static void ingressRoute(Manifest route, List<Manifest> rendered, List<String> faults) {
        for (Object service : route.find("spec.routes[].services[]")) {
            Map<String, Object> backend = Manifest.map(service);
            serves(route, backend.get("name"), backend.get("port"), rendered, faults);
        }
        exists(route, "spec.routes[].middlewares[].name", "Middleware", rendered, faults);
    }

    private static void serviceMonitor(Manifest monitor, List<Manifest> rendered, List<String> faults) {
        List<Manifest> services = rendered.stream()
                .filter(manifest -> manifest.is("Service"))
                .filter(service -> covers(service.mapAt("metadata.labels"), monitor.mapAt("spec.selector.matchLabels")))
                .toList();
        for (Object port : monitor.find("spec.endpoints[].port")) {
            if (services.stream()
                    .noneMatch(service -> service.find("spec.ports[].name").contains(port))) {
                faults.add(monitor.id() + ": no selected Service has a port " + port);
            }
        }
    }

    private static void serves(Manifest from, Object name, Object port, List<Manifest> rendered, List<String> faults) {
        boolean found = rendered.stream()
                .filter(manifest -> manifest.is("Service") && manifest.name().equals(name))
                .flatMap(service -> service.find("spec.ports[]").stream())
                .map(Manifest::map)
                .anyMatch(each -> Objects.equals(each.get("port"), port) || Objects.equals(each.get("name"), port));
        if (!found && !BACKEND.equals(name)) {
            faults.add(from.id() + ": no Service " + name + " with a port " + port);
        }
    }

    private static List<Manifest> selects(
            Manifest manifest, String path, List<Manifest> rendered, List<String> faults) {
        Map<String, Object> selector = manifest.mapAt(path);
        List<Manifest> selected = rendered.stream()
                .filter(workload -> !selector.isEmpty() && covers(workload.mapAt(POD_LABELS), selector))
                .toList();
        if (selected.isEmpty()) {
            faults.add(manifest.id() + ": " + path + " matches no pod");
        }
        return selected;
    }

    private static void exists(Manifest from, String path, String kind, List<Manifest> rendered, List<String> faults) {
        for (Object name : from.find(path)) {
            if (rendered.stream()
                    .noneMatch(manifest -> manifest.is(kind) && manifest.name().equals(name))) {
                faults.add(from.id() + ": no " + kind + " " + name);
            }
        }
    }

    private static boolean listens(Manifest workload, Object port) {
        return workload.find(CONTAINERS).stream().anyMatch(container -> hasPort(container, port));
    }

    private static boolean hasPort(Object container, Object port) {
        return Manifest.find(container, "ports[].name").contains(port)
                || Manifest.find(container, "ports[].containerPort").contains(port);
    }

    private static boolean covers(Map<String, Object> labels, Map<String, Object> selector) {
        return labels.entrySet().containsAll(selector.entrySet());
    }
}
