package io.identities.gateway.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.dialect.Dialects;
import io.identities.gateway.testing.RawConnection.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** An OpenAPI 3.1 document, and what in an answer is not as it says. */
public final class OpenApiDocument {

    private static final Set<String> METHODS =
            Set.of("get", "head", "post", "put", "patch", "delete", "options", "trace");
    private static final SchemaRegistry SCHEMAS = SchemaRegistry.withDialect(
            Dialects.getDraft202012(),
            registry -> registry.schemaRegistryConfig(
                    SchemaRegistryConfig.builder().formatAssertionsEnabled(true).build()));

    private final JsonNode root;

    private OpenApiDocument(JsonNode root) {
        this.root = root;
    }

    public static OpenApiDocument ofYaml(String yaml) {
        return new OpenApiDocument(JsonMapper.shared().valueToTree(new Yaml().load(yaml)));
    }

    /** @param node the operation itself */
    public record Operation(String method, String path, JsonNode node) {

        public String id() {
            return node.path("operationId").asString("");
        }

        /** The documented statuses, {@code default} among them. */
        public Set<String> statuses() {
            return new TreeSet<>(node.path("responses").propertyNames());
        }

        @Override
        public String toString() {
            return method + " " + path;
        }
    }

    public JsonNode root() {
        return root;
    }

    public List<Operation> operations() {
        List<Operation> operations = new ArrayList<>();
        root.path("paths")
                .properties()
                .forEach(path -> path.getValue().properties().stream()
                        .filter(member -> METHODS.contains(member.getKey()))
                        .forEach(member -> operations.add(new Operation(
                                member.getKey().toUpperCase(Locale.ROOT), path.getKey(), member.getValue()))));
        return operations;
    }

    public Operation operation(String id) {
        return operations().stream()
                .filter(one -> one.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new AssertionError("No operation " + id));
    }

    /** What a node says, or what it refers to; missing when the reference leads nowhere. */
    public JsonNode resolve(JsonNode node) {
        JsonNode reference = node.path("$ref");
        return reference.isString() ? resolve(root.at(reference.asString().substring(1))) : node;
    }

    public JsonNode response(Operation operation, String status) {
        return resolve(operation.node().path("responses").path(status));
    }

    /** Whether a value is as a schema of this document wants it; each complaint in words. */
    public List<String> complaints(JsonNode schema, JsonNode value) {
        ObjectNode whole = JsonNodeFactory.instance.objectNode();
        whole.putArray("allOf").add(schema);
        whole.set("components", root.path("components"));
        return SCHEMAS.getSchema(whole).validate(value).stream()
                .map(Object::toString)
                .toList();
    }

    /** What of an answer is not as documented for that status: status, media type, headers, body. */
    public List<String> complaints(Operation operation, String status, Answer answer) {
        List<String> complaints = new ArrayList<>();
        if (!isStatus(operation, status, answer.status())) {
            complaints.add("status " + answer.status());
        }
        JsonNode response = response(operation, status);
        response.path("headers")
                .properties()
                .forEach(header -> complaints.addAll(
                        ofHeader(header.getKey(), resolve(header.getValue()), answer.headers(header.getKey()))));
        complaints.addAll(ofContent(operation, response.path("content"), answer));
        return complaints;
    }

    private static boolean isStatus(Operation operation, String documented, int found) {
        return documented.equals("default")
                ? found >= 400 && !operation.statuses().contains(Integer.toString(found))
                : documented.equals(Integer.toString(found));
    }

    private List<String> ofHeader(String name, JsonNode header, List<String> values) {
        if (values.isEmpty()) {
            return header.path("required").asBoolean(false) ? List.of("no " + name) : List.of();
        }
        if (values.size() > 1) {
            return List.of(name + " stands twice");
        }
        boolean whole = header.path("schema").path("type").asString("").equals("integer");
        JsonNode value = whole
                ? JsonNodeFactory.instance.numberNode(Long.parseLong(values.get(0)))
                : JsonNodeFactory.instance.stringNode(values.get(0));
        return complaints(header.path("schema"), value).stream()
                .map(complaint -> name + ": " + complaint)
                .toList();
    }

    private List<String> ofContent(Operation operation, JsonNode content, Answer answer) {
        String type = answer.header("Content-Type");
        if (content.isMissingNode()) {
            return type == null && answer.body().length == 0 ? List.of() : List.of("a body of " + type);
        }
        JsonNode media = content.path(type == null ? "" : type.split(";")[0].strip());
        if (media.isMissingNode()) {
            return List.of("Content-Type " + type);
        }
        if (operation.method().equals("HEAD")) {
            return answer.body().length == 0 ? List.of() : List.of("a body");
        }
        try {
            return complaints(media.path("schema"), JsonMapper.shared().readTree(new String(answer.body(), UTF_8)));
        } catch (JacksonException e) {
            return List.of("a body that is no JSON: " + e.getOriginalMessage());
        }
    }

    /** Every object in the document, the document itself first. */
    public Stream<JsonNode> objects() {
        return objectsIn(root);
    }

    private static Stream<JsonNode> objectsIn(JsonNode node) {
        Stream<JsonNode> below = node.values().stream().flatMap(OpenApiDocument::objectsIn);
        return node.isObject() ? Stream.concat(Stream.of(node), below) : below;
    }
}
