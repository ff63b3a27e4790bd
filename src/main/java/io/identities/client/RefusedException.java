package io.identities.client;

/** The gateway, or another server at its address, refused the request, and a retry will not help. */
public final class RefusedException extends IdentitiesException {

    private final String what;

    RefusedException(String what, Problem problem, Throwable cause) {
        super(what, problem, cause);
        this.what = what;
    }

    @Override
    RefusedException again() {
        return new RefusedException(what, problem(), this);
    }
}
