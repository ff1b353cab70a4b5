using System.Text;
using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Server.Validation;

namespace Gantry.Server.Tests.Validation;

public sealed class ServiceRulesTests
{
    [Theory]
    [InlineData("""{"type":"ClusterIP","externalIPs":["127.0.0.1"]}""", "spec.externalIPs[0]: Invalid value: \"127.0.0.1\": may not be in the loopback range (127.0.0.0/8, ::1/128)")]
    [InlineData("""{"type":"ClusterIP","externalIPs":["169.254.1.1"]}""", "spec.externalIPs[0]: Invalid value: \"169.254.1.1\": may not be in the link-local range (169.254.0.0/16, fe80::/10)")]
    [InlineData("""{"type":"ClusterIP","healthCheckNodePort":30000}""", "spec.healthCheckNodePort: Invalid value: 30000: may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'")]
    [InlineData("""{"type":"ClusterIP","trafficDistribution":"Near"}""", "spec.trafficDistribution: Unsupported value: \"Near\": supported values: \"PreferClose\"")]
    [InlineData("""{"type":"ExternalName","externalName":"example.com","ipFamilyPolicy":"SingleStack"}""", "spec.ipFamilyPolicy: Forbidden: may not be set for ExternalName services")]
    [InlineData("""{"type":"ClusterIP","ipFamilies":["IPv6"],"clusterIP":"10.0.0.1","clusterIPs":["10.0.0.1"]}""", "spec.clusterIPs[0]: Invalid value: \"10.0.0.1\": expected an IPv6 value as indicated by `ipFamilies[0]`")]
    public void Broken_rules_are_named(string spec, string expected)
    {
        var json = spec[..^1] + ""","sessionAffinity":"None","ports":[{"port":80,"protocol":"TCP","targetPort":80}]}""";
        var service = new V1Service { Metadata = new V1ObjectMeta { Name = "s", Namespace = "default" }, Spec = ApiJson.Decode<V1ServiceSpec>(Encoding.UTF8.GetBytes(json)) };
        Assert.Contains(expected, new ObjectValidator().Validate(V1Service.Resource, service, null, "").Select(e => e.ToString()));
    }
}
