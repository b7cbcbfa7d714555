export { describeGateway, type GatewayUnderTest, type TestTools } from './describe-gateway.ts';
