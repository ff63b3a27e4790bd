package io.identities.gateway.ops;

import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.health.contributor.Health;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.core.env.ConfigurableEnvironment;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** After the start: logs the summary; in check mode prints the report instead and exits. */
final class StartReport implements ApplicationListener<ApplicationReadyEvent> {

    private static final Logger log = LoggerFactory.getLogger(StartReport.class);
    private static final Duration PROBES = Duration.ofSeconds(30);

    private final StartSummary summary;
    private final Map<String, Dependency> dependencies;
    private final ConfigurableEnvironment environment;

    StartReport(StartSummary summary, Map<String, Dependency> dependencies, ConfigurableEnvironment environment) {
        this.summary = summary;
        this.dependencies = Map.copyOf(dependencies);
        this.environment = environment;
    }

    @Override
    public void onApplicationEvent(ApplicationReadyEvent event) {
        List<String> lines = summary.lines();
        if (!CheckMode.isOn(environment)) {
            lines.forEach(log::info);
            return;
        }
        ApplicationContext context = event.getApplicationContext();
        lines.forEach(System.out::println);
        int code = CheckMode.isProbing(environment) ? printProbes(System.out) : 0;
        System.out.println(
                code == 0 ? "The configuration is good." : "The configuration is good, but not everything answers.");
        System.exit(SpringApplication.exit(context, () -> code));
    }

    /** @return 1 if a dependency does not respond */
    private int printProbes(PrintStream out) {
        Map<String, Health> findings = Flux.fromIterable(dependencies.entrySet())
                .flatMap(dependency ->
                        dependency.getValue().health().map(health -> Map.entry(name(dependency.getKey()), health)))
                .collectMap(Map.Entry::getKey, Map.Entry::getValue, TreeMap::new)
                .timeout(PROBES, Mono.just(Map.of()))
                .toFuture()
                .join();
        findings.forEach((name, health) -> out.println("Probe " + name + ": "
                + health.getStatus().getCode() + (health.getDetails().isEmpty() ? "" : " " + health.getDetails())));
        boolean allWell = findings.size() == dependencies.size()
                && findings.values().stream()
                        .noneMatch(health -> health.getStatus().equals(Dependency.DEGRADED));
        return allWell ? 0 : 1;
    }

    private static String name(String bean) {
        return bean.replace("HealthIndicator", "");
    }
}
