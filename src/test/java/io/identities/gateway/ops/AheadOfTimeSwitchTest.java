package io.identities.gateway.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aot.AotDetector;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.context.annotation.Profile;
import org.springframework.core.SpringProperties;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.core.type.classreading.SimpleMetadataReaderFactory;

class AheadOfTimeSwitchTest {

    private final AheadOfTimeSwitch aheadOfTime = new AheadOfTimeSwitch(Supplier::get);

    @AfterEach
    void forget() {
        SpringProperties.setProperty(AotDetector.AOT_ENABLED, null);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "identities.backend.uri",
                "identities.access.rules[0].path",
                "server.port",
                "server.ssl.bundle",
                "management.server.port",
                "spring.config.import",
                "spring.profiles.active",
                "spring.cloud.client.hostname",
                "spring.data.redis.host",
                "spring.data.redis.sentinel.nodes[0]",
                "spring.ssl.bundle.pem.backend.truststore.certificate",
                "spring.application.name",
                "logging.level.root",
                "somebody.elses"
            })
    void settingThatChoosesNoBeansLeavesTheChoiceToTheBuild(String name) {
        assertThat(isLeftOn(Map.of(name, "x"))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "spring.autoconfigure.exclude",
                "spring.data.redis.client-type",
                "spring.cloud.gateway.server.webflux.routes[0].id",
                "spring.main.lazy-initialization",
                "management.endpoints.web.exposure.include",
                "management.health.redis.enabled",
                "server.forward-headers-strategy"
            })
    void settingThatMayChooseBeansIsHeardAtTheStart(String name) {
        assertThat(isLeftOn(Map.of(name, "x"))).isFalse();
    }

    @Test
    void variableCountsLikeAnArgument() {
        StandardEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .addFirst(new SystemEnvironmentPropertySource(
                        "systemEnvironment", Map.of("SPRING_MAIN_LAZYINITIALIZATION", "true")));

        assertThat(AheadOfTimeSwitch.choosing(environment))
                .hasValueSatisfying(name -> assertThat(name).hasToString("spring.main.lazyinitialization"));
    }

    @Test
    void packagedSettingsWereKnownToTheBuild() {
        StandardEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .addLast(new MapPropertySource(
                        "Config resource 'class path resource [application.yml]' via location 'optional:classpath:/'",
                        Map.of("spring.main.banner-mode", "off")));

        assertThat(AheadOfTimeSwitch.choosing(environment)).isEmpty();
    }

    /** What the framework may ask before it makes a bean lies where the switch looks, and is nothing it passes over. */
    @Test
    void noConditionOfTheFrameworkIsPassedOver() throws IOException {
        Set<String> asked = askedByConditions();

        assertThat(asked).contains("spring.data.redis.client-type", "spring.cloud.gateway.server.webflux.enabled");
        assertThat(asked).allSatisfy(name -> {
            assertThat(AheadOfTimeSwitch.CHOOSING).contains(name.substring(0, name.indexOf('.')));
            assertThat(isLeftOn(Map.of(name, "x"))).isFalse();
        });
    }

    @Test
    void noBeanHangsOnAProfile() throws IOException {
        assertThat(annotationsOfConfigurations())
                .hasSizeGreaterThan(1000)
                .noneMatch(annotations -> annotations.isPresent(Profile.class));
    }

    private boolean isLeftOn(Map<String, Object> settings) {
        SpringProperties.setProperty(AotDetector.AOT_ENABLED, "true");
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().remove(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME);
        environment.getPropertySources().remove(StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME);
        environment.getPropertySources().addFirst(new MapPropertySource("test", settings));
        aheadOfTime.postProcessEnvironment(environment, new SpringApplication());
        return AotDetector.useGeneratedArtifacts();
    }

    private static Set<String> askedByConditions() throws IOException {
        Set<String> names = new TreeSet<>();
        for (MergedAnnotations annotations : annotationsOfConfigurations()) {
            Stream.of(ConditionalOnProperty.class, ConditionalOnBooleanProperty.class)
                    .flatMap(condition -> asked(annotations, condition))
                    .forEach(names::add);
        }
        return names;
    }

    private static List<MergedAnnotations> annotationsOfConfigurations() throws IOException {
        List<MergedAnnotations> all = new ArrayList<>();
        SimpleMetadataReaderFactory readers = new SimpleMetadataReaderFactory();
        PathMatchingResourcePatternResolver resources = new PathMatchingResourcePatternResolver();
        for (String house : List.of("org/springframework/boot", "org/springframework/cloud", "io/identities/gateway")) {
            for (Resource type : resources.getResources("classpath*:" + house + "/**/*Configuration*.class")) {
                AnnotationMetadata metadata = readers.getMetadataReader(type).getAnnotationMetadata();
                all.add(metadata.getAnnotations());
                metadata.getDeclaredMethods().forEach(method -> all.add(method.getAnnotations()));
            }
        }
        return all;
    }

    private static Stream<String> asked(MergedAnnotations annotations, Class<?> condition) {
        return annotations.stream(condition.getName()).flatMap(AheadOfTimeSwitchTest::names);
    }

    private static Stream<String> names(MergedAnnotation<?> condition) {
        String prefix = condition.getString("prefix");
        String below = prefix.isEmpty() || prefix.endsWith(".") ? prefix : prefix + ".";
        return Stream.of(condition.getStringArray("name"), condition.getStringArray("value"))
                .flatMap(Stream::of)
                .map(name -> ConfigurationPropertyName.adapt(below + name, '.').toString());
    }
}
