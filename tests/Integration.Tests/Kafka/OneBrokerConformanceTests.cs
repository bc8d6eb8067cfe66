using Xunit;

[assembly: AssemblyFixture(typeof(Pipeline.Integration.Tests.Kafka.KafkaServers))]

namespace Pipeline.Integration.Tests.Kafka;

[Trait("Service", "Kafka")]
public sealed class OneBrokerConformanceTests(KafkaServers servers) : RealKafkaConformance(servers, 1);
