package io.identities.gateway.credentials;

import io.netty.handler.codec.http.HttpMethod;
import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request to a service that checks credentials. Prints without headers and body, which hold secrets. */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record HttpCall(HttpMethod method, URI uri, Map<String, String> headers, byte @Nullable [] body) {

    /** The address without user, path and query: enough to identify the service, without any secret. */
    static String place(URI uri) {
        return uri.getScheme() + "://" + uri.getRawAuthority();
    }

    @Override
    public String toString() {
        return "HttpCall[" + method + " " + place(uri) + "]";
    }
}
