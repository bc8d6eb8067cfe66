using Xunit;

namespace Pipeline.Integration.Tests.Kafka;

[Trait("Service", "Kafka")]
public sealed class ThreeBrokersConformanceTests(KafkaServers servers) : RealKafkaConformance(servers, 3);
