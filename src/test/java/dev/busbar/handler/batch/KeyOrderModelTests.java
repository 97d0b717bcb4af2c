package dev.busbar.handler.batch;

class KeyOrderModelTests extends KeyOrderModel {

	@Override
	RetryFixture open() {
		return new RetryFixture();
	}

}
