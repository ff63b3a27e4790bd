package io.identities.client;

/** The gateway, or whoever answers at its address, did not do what was asked, and asking again will not help. */
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
