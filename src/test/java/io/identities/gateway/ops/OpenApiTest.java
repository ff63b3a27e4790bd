package io.identities.gateway.ops;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.identities.gateway.http.ProblemCode;
import io.identities.gateway.testing.OpenApiDocument;
import io.identities.gateway.testing.OpenApiDocument.Operation;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.mock.env.MockEnvironment;
import tools.jackson.databind.JsonNode;

/** The OpenAPI document by itself: sound, complete, and of the endpoints that there are. */
class OpenApiTest {

    private static final Pattern STATUS = Pattern.compile("[1-5][0-9][0-9]|default");

    private final OpenApiDocument document = OpenApiDocument.ofYaml(text());

    @Test
    void everyReferenceLeadsSomewhereAndEveryComponentIsUsed() {
        Set<String> used = document.objects()
                .map(node -> node.path("$ref"))
                .filter(JsonNode::isString)
                .map(JsonNode::asString)
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> defined = new TreeSet<>();
        document.root()
                .path("components")
                .properties()
                .forEach(kind -> kind.getValue()
                        .propertyNames()
                        .forEach(name -> defined.add("#/components/" + kind.getKey() + "/" + name)));
        document.root()
                .path("components")
                .path("securitySchemes")
                .propertyNames()
                .forEach(name -> used.add("#/components/securitySchemes/" + name));

        assertThat(document.root().path("openapi").asString("")).startsWith("3.1.");
        assertThat(used).isEqualTo(defined);
    }

    @Test
    void everyOperationIsNamedOnceSummarisedTaggedAndSaysWhoMayCallIt() {
        Set<String> tags = document.root().path("tags").values().stream()
                .map(tag -> tag.path("name").asString(""))
                .collect(Collectors.toSet());
        Set<String> schemes = new HashSet<>(
                document.root().path("components").path("securitySchemes").propertyNames());
        List<String> ids = document.operations().stream().map(Operation::id).toList();

        assertThat(ids).doesNotHaveDuplicates().allMatch(id -> id.matches("[a-z][A-Za-z]+"));
        assertThat(document.operations()).allSatisfy(operation -> {
            assertThat(operation.node().path("summary").asString("")).isNotBlank();
            assertThat(operation.node().path("tags").values())
                    .hasSize(1)
                    .allMatch(tag -> tags.contains(tag.asString("")));
            assertThat(operation.node().path("security").values())
                    .isNotEmpty()
                    .allMatch(way -> schemes.containsAll(way.propertyNames()));
        });
    }

    @Test
    void everyResponseIsDescribedAndEveryErrorIsAProblemThatIsNotStored() {
        for (Operation operation : document.operations()) {
            assertThat(operation.statuses()).isNotEmpty().allMatch(STATUS.asMatchPredicate());
            for (String status : operation.statuses()) {
                JsonNode response = document.response(operation, status);
                assertThat(response.path("description").asString(""))
                        .as("%s %s", operation, status)
                        .isNotBlank();
                if (status.startsWith("4") || status.startsWith("5") || status.equals("default")) {
                    assertThat(response.path("content").propertyNames())
                            .as("%s %s", operation, status)
                            .containsExactly("application/problem+json");
                    assertThat(response.path("headers").propertyNames())
                            .as("%s %s", operation, status)
                            .contains("Cache-Control");
                }
            }
        }
    }

    @Test
    void parametersOfAPathAreThoseInIt() {
        document.root().path("paths").properties().forEach(path -> {
            List<String> declared = path.getValue().path("parameters").values().stream()
                    .map(document::resolve)
                    .filter(parameter -> parameter.path("in").asString("").equals("path"))
                    .map(parameter -> "{" + parameter.path("name").asString("") + "}")
                    .toList();
            List<String> inIt = Pattern.compile("\\{\\w+}")
                    .matcher(path.getKey())
                    .results()
                    .map(match -> match.group())
                    .toList();
            assertThat(declared).as(path.getKey()).isEqualTo(inIt);
        });
    }

    @Test
    void everyExampleIsWhatItsSchemaWants() {
        List<String> complaints = new ArrayList<>();
        document.objects()
                .filter(node -> node.has("example") && node.has("schema"))
                .forEach(node -> {
                    JsonNode example = node.path("example");
                    document.complaints(node.path("schema"), example)
                            .forEach(one -> complaints.add(example + ": " + one));
                });

        assertThat(complaints).isEmpty();
        assertThat(document.complaints(
                        document.root().at("/components/schemas/Credentials"),
                        document.root().path("info")))
                .as("the check itself")
                .isNotEmpty();
    }

    @Test
    void documentedPathsAreTheDefaultsOfTheSettingsAndCodesThoseOfTheGateway() {
        Set<String> documented = document.operations().stream()
                .filter(operation -> !operation.path().startsWith("/actuator/"))
                .map(operation ->
                        operation.path().startsWith("/forward-auth") ? "* /forward-auth" : operation.toString())
                .filter(operation -> !operation.startsWith("HEAD "))
                .collect(Collectors.toSet());
        Set<String> doors = LocalDoors.of(new MockEnvironment()).doors().stream()
                .map(door -> door.method() + " " + door.path())
                .collect(Collectors.toSet());

        assertThat(documented).isEqualTo(doors);
        assertThat(document.root().at("/components/schemas/Code/enum").values().stream()
                        .map(JsonNode::asString))
                .containsExactlyElementsOf(Arrays.stream(ProblemCode.values())
                        .map(ProblemCode::code)
                        .toList());
    }

    private static String text() {
        try (InputStream in = OpenApiTest.class.getResourceAsStream("openapi.yaml")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
