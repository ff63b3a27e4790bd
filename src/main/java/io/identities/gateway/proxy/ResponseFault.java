package io.identities.gateway.proxy;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import org.jspecify.annotations.Nullable;

/** What makes a well-formed head no answer to a request. */
final class ResponseFault {

    private ResponseFault() {}

    /** A sentence for the log; null where nothing is wrong. A 101 is judged elsewhere where one was asked for. */
    static @Nullable String of(HttpResponse response) {
        int status = response.status().code();
        if (status == 101 || status < 100 || status > 599) {
            return "The backend answered with status " + status;
        }
        return isCoded(response) ? "The backend answered in a transfer coding other than chunked" : null;
    }

    /** Whether the body is in a coding whose name ends here, so that the client would take it for the content. */
    private static boolean isCoded(HttpResponse response) {
        for (String coding : response.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING)) {
            if (!HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(coding)
                    && !HttpHeaderValues.IDENTITY.contentEqualsIgnoreCase(coding)) {
                return true;
            }
        }
        return false;
    }
}
