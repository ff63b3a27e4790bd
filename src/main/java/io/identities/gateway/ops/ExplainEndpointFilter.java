package io.identities.gateway.ops;

import org.springframework.boot.actuate.endpoint.EndpointFilter;
import org.springframework.boot.actuate.endpoint.web.ExposableWebEndpoint;

/** {@code explain} exists only where there is a management token. */
final class ExplainEndpointFilter implements EndpointFilter<ExposableWebEndpoint> {

    private final ManagementToken token;

    ExplainEndpointFilter(ManagementToken token) {
        this.token = token;
    }

    @Override
    public boolean match(ExposableWebEndpoint endpoint) {
        return token.exists() || !endpoint.getEndpointId().toLowerCaseString().equals("explain");
    }
}
