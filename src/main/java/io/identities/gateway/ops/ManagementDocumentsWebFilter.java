package io.identities.gateway.ops;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import org.springframework.web.util.HtmlUtils;
import reactor.core.publisher.Mono;

/**
 * Serves the static documents of the management port: the OpenAPI document, and the operations page with its resources.
 * Each has one exact path; nothing is read from disk per request. The page's content security policy allows only
 * resources and requests of this origin.
 */
final class ManagementDocumentsWebFilter implements WebFilter {

    static final String PAGE = "/operations";
    static final String OPEN_API = "/openapi.yaml";

    private static final Set<HttpMethod> READING = Set.of(HttpMethod.GET, HttpMethod.HEAD);
    private static final String FOLDER = "operations/";
    private static final List<String> PARTS = List.of(
            "page.css",
            "icon.svg",
            "page.js",
            "endpoints.js",
            "metrics.js",
            "figures.js",
            "states.js",
            "explain.js",
            "view.js");
    private static final Map<String, MediaType> TYPES = Map.of(
            "css", new MediaType("text", "css", UTF_8),
            "svg", new MediaType("image", "svg+xml"),
            "js", new MediaType("text", "javascript", UTF_8),
            "yaml", new MediaType("application", "yaml", UTF_8),
            "html", new MediaType("text", "html", UTF_8));
    private static final String PAGE_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
            + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
            + " require-trusted-types-for 'script'; trusted-types 'none'";

    private final Map<String, Document> documents;

    private ManagementDocumentsWebFilter(Map<String, Document> documents) {
        this.documents = Map.copyOf(documents);
    }

    /**
     * @param endpoints the path of the management endpoints, which the page calls; with a leading slash, or empty
     * @param page whether there is a page
     */
    static ManagementDocumentsWebFilter of(String endpoints, boolean page) {
        Map<String, Document> documents = new HashMap<>();
        documents.put(OPEN_API, document("openapi.yaml", read("openapi.yaml")));
        if (page) {
            PARTS.forEach(name -> documents.put(PAGE + "/" + name, document(name, read(FOLDER + name))));
            documents.put(PAGE, document("page.html", html(endpoints)));
        }
        return new ManagementDocumentsWebFilter(documents);
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        Document document = documents.get(
                exchange.getRequest().getPath().pathWithinApplication().value());
        if (document == null || !READING.contains(exchange.getRequest().getMethod())) {
            return chain.filter(exchange);
        }
        ServerHttpResponse response = exchange.getResponse();
        response.setStatusCode(HttpStatus.OK);
        HttpHeaders headers = response.getHeaders();
        headers.setContentType(document.type);
        headers.setContentLength(document.content.length);
        headers.set("Content-Security-Policy", PAGE_POLICY);
        headers.set("Cross-Origin-Resource-Policy", "same-origin");
        return response.writeWith(
                Mono.fromSupplier(() -> response.bufferFactory().wrap(document.content)));
    }

    /** URLs in the page are relative, so that it works below any base path of the management port. */
    private static byte[] html(String endpoints) {
        String relative = endpoints.isEmpty() || endpoints.equals("/") ? "." : endpoints.substring(1);
        String template = new String(read(FOLDER + "page.html"), UTF_8);
        return template.replace("{actuator}", HtmlUtils.htmlEscape(relative)).getBytes(UTF_8);
    }

    private static Document document(String name, byte[] content) {
        String ending = name.substring(name.lastIndexOf('.') + 1);
        return new Document(Objects.requireNonNull(TYPES.get(ending), name), content);
    }

    private static byte[] read(String name) {
        try (InputStream in = ManagementDocumentsWebFilter.class.getResourceAsStream(name)) {
            return Objects.requireNonNull(in, name).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Document {

        private final MediaType type;
        private final byte[] content;

        Document(MediaType type, byte[] content) {
            this.type = type;
            this.content = content;
        }
    }
}
