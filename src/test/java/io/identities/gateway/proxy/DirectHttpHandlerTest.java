package io.identities.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.micrometer.observation.ObservationRegistry;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.context.support.StaticApplicationContext;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.http.server.reactive.MockServerHttpResponse;
import org.springframework.web.server.WebExceptionHandler;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebHandler;
import org.springframework.web.server.adapter.HttpWebHandlerAdapter;
import org.springframework.web.server.adapter.WebHttpHandlerBuilder;
import org.springframework.web.server.handler.ExceptionHandlingWebHandler;
import reactor.core.publisher.Mono;

class DirectHttpHandlerTest {

    private static final WebHandler NOTHING = exchange -> Mono.empty();

    private final List<String> seen = new ArrayList<>();

    @Test
    void filtersRunInTheirOrderAndThenTheHandler() {
        HttpWebHandlerAdapter stock = adapter(
                exchange -> Mono.fromRunnable(() -> seen.add("handler")), List.of(named("first"), named("second")));

        assertThat(answer(stock).isCommitted()).isTrue();
        assertThat(seen).containsExactly("first", "second", "handler");
    }

    @Test
    void whatAForeignFilterNamesRunsNoEarlierThanItSubscribes() {
        WebFilter hasty = (exchange, chain) -> {
            Mono<Void> rest = chain.filter(exchange);
            return Mono.<Void>fromRunnable(() -> seen.add("before")).then(rest);
        };
        WebHandler eager = exchange -> {
            seen.add("handler");
            return Mono.empty();
        };

        answer(adapter(eager, List.of(foreign(hasty))));
        assertThat(seen).containsExactly("before", "handler");
    }

    @Test
    void anErrorGoesToTheErrorHandlersUntilOneAnswers() {
        IllegalStateException fault = new IllegalStateException("broken");
        WebExceptionHandler passesOn = (exchange, error) -> {
            seen.add("passes on");
            return Mono.error(error);
        };
        WebExceptionHandler answers = (exchange, error) -> {
            seen.add("answers");
            assertThat(exchange.getAttributes())
                    .contains(entry(ExceptionHandlingWebHandler.HANDLED_WEB_EXCEPTION, fault));
            exchange.getResponse().setStatusCode(HttpStatus.BAD_GATEWAY);
            return exchange.getResponse().setComplete();
        };
        HttpWebHandlerAdapter stock = adapter(
                exchange -> {
                    throw fault;
                },
                List.of(),
                passesOn,
                answers);

        assertThat(answer(stock).getStatusCode()).isEqualTo(HttpStatus.BAD_GATEWAY);
        assertThat(seen).containsExactly("passes on", "answers");
    }

    @Test
    void anErrorThatNobodyAnswersIs500() {
        HttpWebHandlerAdapter stock = adapter(exchange -> Mono.error(new IllegalStateException("broken")), List.of());

        assertThat(answer(stock).getStatusCode()).isEqualTo(HttpStatus.INTERNAL_SERVER_ERROR);
    }

    @Test
    void aDecoratedHandlerStays() {
        HttpHandler decorated = (request, response) -> Mono.empty();

        assertThat(DirectHttpHandler.inPlaceOf(decorated)).isSameAs(decorated);
    }

    @Test
    void theStockHandlerStaysWhereRequestsAreObserved() {
        ObservationRegistry registry = ObservationRegistry.create();
        registry.observationConfig().observationHandler(context -> true);
        HttpWebHandlerAdapter stock = adapter(NOTHING, List.of());
        assertThat(DirectHttpHandler.inPlaceOf(stock)).isInstanceOf(DirectHttpHandler.class);

        stock.setObservationRegistry(registry);
        assertThat(DirectHttpHandler.inPlaceOf(stock)).isSameAs(stock);
    }

    private WebFilter named(String name) {
        return (exchange, chain) -> {
            seen.add(name);
            return chain.filter(exchange);
        };
    }

    /** A class outside this house, as the filter of a user is one: the proxy class of an interface. */
    private static WebFilter foreign(WebFilter filter) {
        return (WebFilter) Proxy.newProxyInstance(
                DirectHttpHandlerTest.class.getClassLoader(),
                new Class<?>[] {WebFilter.class},
                (proxy, method, arguments) -> method.invoke(filter, arguments));
    }

    private static HttpWebHandlerAdapter adapter(
            WebHandler handler, List<WebFilter> filters, WebExceptionHandler... errorHandlers) {
        HttpWebHandlerAdapter adapter = (HttpWebHandlerAdapter) WebHttpHandlerBuilder.webHandler(handler)
                .filters(all -> all.addAll(filters))
                .exceptionHandler(errorHandlers)
                .build();
        adapter.setApplicationContext(new StaticApplicationContext());
        return adapter;
    }

    private static MockServerHttpResponse answer(HttpWebHandlerAdapter stock) {
        MockServerHttpResponse response = new MockServerHttpResponse();
        HttpHandler direct = DirectHttpHandler.inPlaceOf(stock);
        assertThat(direct).isNotSameAs(stock);
        direct.handle(MockServerHttpRequest.get("/").build(), response).block();
        return response;
    }
}
