package io.identities.gateway;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The direction table of the house, and the rules under it. */
class ArchitectureTest {

    private static final String HOUSE = "io.identities.gateway";

    /** What a package may use of ours; whatever is not listed is forbidden. */
    private static final Map<String, Set<String>> MAY_USE = Map.ofEntries(
            Map.entry("audit", Set.of()),
            Map.entry("keys", Set.of("audit")),
            Map.entry("token", Set.of("keys", "audit")),
            Map.entry("access", Set.of("token", "audit")),
            Map.entry("credentials", Set.of("token", "audit")),
            Map.entry("http", Set.of("access", "credentials", "token", "audit")),
            Map.entry("session", Set.of("http", "access", "credentials", "token", "keys", "audit")),
            Map.entry("forwardauth", Set.of("http", "access", "token", "audit")),
            Map.entry("proxy", Set.of("http", "access", "token", "audit")),
            Map.entry("server", Set.of("http", "audit")),
            Map.entry(
                    "ops",
                    Set.of(
                            "audit",
                            "keys",
                            "token",
                            "access",
                            "credentials",
                            "http",
                            "session",
                            "forwardauth",
                            "proxy",
                            "server")));

    private static final Set<String> BLOCKING =
            Set.of("block", "blockOptional", "blockFirst", "blockLast", "toIterable", "toStream");

    private static final String CLIENT = "io.identities.client";

    private static final JavaClasses house = importWithoutTests(HOUSE);
    private static final JavaClasses client = importWithoutTests(CLIENT);

    static Stream<String> packages() {
        return MAY_USE.keySet().stream().sorted();
    }

    @ParameterizedTest
    @MethodSource("packages")
    void packageUsesOnlyWhatTheTableAllows(String name) {
        Set<String> forbidden = new TreeSet<>(MAY_USE.keySet());
        forbidden.remove(name);
        forbidden.removeAll(MAY_USE.getOrDefault(name, Set.of()));
        String[] patterns =
                forbidden.stream().map(other -> HOUSE + "." + other + "..").toArray(String[]::new);
        noClasses()
                .that()
                .resideInAPackage(HOUSE + "." + name + "..")
                .should()
                .dependOnClassesThat(resideInAnyPackage(patterns))
                .allowEmptyShould(true)
                .check(house);
    }

    @Test
    void everyPackageStandsInTheTable() {
        classes()
                .that()
                .resideInAPackage(HOUSE + "..")
                .should()
                .resideInAnyPackage(Stream.concat(
                                Stream.of(HOUSE), MAY_USE.keySet().stream().map(name -> HOUSE + "." + name + ".."))
                        .toArray(String[]::new))
                .check(house);
    }

    @Test
    void packagesFormNoCycle() {
        slices().matching(HOUSE + ".(*)..").should().beFreeOfCycles().check(house);
    }

    @Test
    void exchangeAndGatewayClassesStayAboveTheDecision() {
        noClasses()
                .that()
                .resideInAnyPackage(inHouse("audit", "keys", "token", "access", "credentials"))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.springframework.web.server..",
                        "org.springframework.http.server..",
                        "org.springframework.cloud.gateway..")
                .allowEmptyShould(true)
                .check(house);
    }

    @Test
    void joseLibraryStaysInKeysAndToken() {
        noClasses()
                .that(not(resideInAnyPackage(inHouse("keys", "token"))))
                .should()
                .dependOnClassesThat(resideInAPackage("com.nimbusds.."))
                .check(house);
    }

    @Test
    void nobodyBlocks() {
        noClasses()
                .should()
                .callMethodWhere(DescribedPredicate.describe(
                        "block a thread on a publisher",
                        (JavaMethodCall call) -> BLOCKING.contains(call.getName())
                                && (call.getTargetOwner().isAssignableTo(Mono.class)
                                        || call.getTargetOwner().isAssignableTo(Flux.class))))
                .check(house);
    }

    @Test
    void nobodyReadsTheWallClock() {
        noClasses()
                .that(not(equivalentTo(IdentitiesGatewayApplication.class)))
                .should()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(Clock.class, "systemUTC")
                .orShould()
                .callMethod(Clock.class, "systemDefaultZone")
                .check(house);
    }

    @Test
    void nothingIsInjectedIntoFields() {
        for (String annotation : List.of(
                "org.springframework.beans.factory.annotation.Autowired",
                "org.springframework.beans.factory.annotation.Value",
                "jakarta.inject.Inject",
                "jakarta.annotation.Resource")) {
            fields().should().notBeAnnotatedWith(annotation).check(house);
        }
    }

    @Test
    void noClassHidesBehindAnEmptyName() {
        noClasses()
                .should()
                .haveNameMatching(".*(Util|Utils|Helper|Manager|Impl|Constants|Service)")
                .check(house);
    }

    @Test
    void adaptersAndWiringAreNotPublic() {
        classes()
                .that()
                .haveNameMatching(".*(Configuration|Settings|GlobalFilter|WebFilter|Controller|HandlerMapping)")
                .or()
                .haveNameMatching(".*\\.(Http|Htpasswd|Ldap|Redis|InMemory)[A-Z]\\w*" + "(Check|Store|Throttle|Source)")
                .should()
                .notBePublic()
                .allowEmptyShould(true)
                .check(house);
    }

    @Test
    void clientNeedsTheJdkAlone() {
        classes()
                .that()
                .resideInAPackage(CLIENT + "..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "javax.net.ssl..", CLIENT + "..")
                .check(client);
    }

    @Test
    void gatewayDoesNotKnowTheClient() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage(CLIENT + "..")
                .check(house);
    }

    private static JavaClasses importWithoutTests(String name) {
        return new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .withImportOption(location -> !location.contains("__")) // written by the build, of beans
                .importPackages(name);
    }

    private static String[] inHouse(String... names) {
        return Stream.of(names).map(name -> HOUSE + "." + name + "..").toArray(String[]::new);
    }
}
