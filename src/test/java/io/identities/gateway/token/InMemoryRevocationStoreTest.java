package io.identities.gateway.token;

class InMemoryRevocationStoreTest extends RevocationStoreContract {

    private final RevocationStore store = new InMemoryRevocationStore(clock);

    @Override
    RevocationStore store() {
        return store;
    }
}
