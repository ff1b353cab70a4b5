using System.Text;
using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Server.Validation;

namespace Gantry.Server.Tests.Validation;

public class ObjectValidatorTests
{
    private static readonly ObjectValidator Validator = new();

    private static string[] Errors<T>(string json, string? old = null)
        where T : class, IApiObject<T>
    {
        var value = ApiJson.Decode<T>(Encoding.UTF8.GetBytes(json));
        var before = old is null ? null : ApiJson.Decode<T>(Encoding.UTF8.GetBytes(old));
        return [.. Validator.Validate(T.Resource, value, before, "").Select(e => e.ToString())];
    }

    private static string Pod(string spec, string container = "") =>
        """{"metadata":{"name":"p","namespace":"n"},"spec":{"restartPolicy":"Always","dnsPolicy":"ClusterFirst","terminationGracePeriodSeconds":30,"containers":[{"name":"c","image":"i","terminationMessagePolicy":"File","imagePullPolicy":"Always" """
        + container + "}]" + spec + "}}";

    [Fact]
    public void A_plain_pod_is_good() => Assert.Empty(Errors<V1Pod>(Pod("")));

    [Theory]
    [InlineData("", """, "env":[{"name":"a=b"}]""", "spec.containers[0].env[0].name: Invalid value: \"a=b\": a valid environment variable name must consist only of printable ASCII characters other than '='")]
    [InlineData("", """, "volumeMounts":[{"name":"v","mountPath":"/v"}]""", "spec.containers[0].volumeMounts[0].name: Not found: \"v\"")]
    [InlineData("", """, "livenessProbe":{"successThreshold":1}""", "spec.containers[0].livenessProbe: Required value: must specify a handler type")]
    [InlineData("", """, "resources":{"limits":{"cpu":"1"},"requests":{"cpu":"2"}}""", "spec.containers[0].resources.requests: Invalid value: \"2\": must be less than or equal to cpu limit of 1")]
    [InlineData(""", "hostname":"A.b" """, "", "spec.hostname: Invalid value: \"A.b\": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')")]
    [InlineData(""", "volumes":[{"name":"v","emptyDir":{},"hostPath":{"path":"/x"}}]""", "", "spec.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type")]
    [InlineData(""", "tolerations":[{"key":"k","operator":"Exists","value":"x"}]""", "", "spec.tolerations[0].operator: Invalid value: \"x\": value must be empty when `operator` is 'Exists'")]
    [InlineData(""", "hostAliases":[{"ip":"999.1.1.1"}]""", "", "spec.hostAliases[0].ip: Invalid value: \"999.1.1.1\": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)")]
    public void A_pod_that_breaks_one_rule_is_told_which(string spec, string container, string error) => Assert.Equal([error], Errors<V1Pod>(Pod(spec, container)));

    [Fact]
    public void A_pod_update_may_change_its_image()
    {
        var old = Pod("");
        Assert.Empty(Errors<V1Pod>(old.Replace("\"image\":\"i\"", "\"image\":\"other\"", StringComparison.Ordinal), old));
    }

    [Fact]
    public void A_pod_update_may_change_little_else()
    {
        var error = Assert.Single(Errors<V1Pod>(Pod(""", "nodeName":"x" """), Pod("")));
        Assert.StartsWith("spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Annotations_and_labels_have_qualified_names()
    {
        Assert.Equal(
            ["metadata.annotations: Invalid value: \"a b\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"],
            Errors<V1ConfigMap>("""{"metadata":{"name":"c","namespace":"n","annotations":{"a b":""}}}"""));
    }

    [Fact]
    public void A_selector_must_match_its_template()
    {
        var d = """{"metadata":{"name":"d","namespace":"n"},"spec":{"strategy":{"type":"Recreate"},"selector":{"matchLabels":{"app":"b"}},"template":{"metadata":{"labels":{"app":"a"}},"spec":"""
            + Pod("")[Pod("").IndexOf("\"spec\":", StringComparison.Ordinal)..][7..^1] + "}}}";
        Assert.Equal(["spec.template.metadata.labels: Invalid value: map[string]string{\"app\":\"a\"}: `selector` does not match template `labels`"], Errors<V1Deployment>(d));
    }

    [Theory]
    [InlineData("every day", "expected exactly 5 fields, found 2: [every day]")]
    [InlineData("61 * * * *", "end of range (61) above maximum (59): 61")]
    [InlineData("*/0 * * * *", "step of range should be a positive number: */0")]
    [InlineData("*/5 0-6 1,15 jan-mar mon", null)]
    [InlineData("@daily", null)]
    public void Cron_schedules_are_read_field_by_field(string schedule, string? error) => Assert.Equal(error, CronRules.Check(schedule));

    [Fact]
    public void A_services_name_is_a_dns_label_and_its_ports_are_distinct()
    {
        var errors = Errors<V1Service>("""{"metadata":{"name":"9bad","namespace":"n"},"spec":{"type":"ClusterIP","sessionAffinity":"None","ports":[{"port":80,"protocol":"TCP","targetPort":80},{"port":80,"protocol":"TCP","targetPort":80}]}}""");
        Assert.Contains(errors, e => e.StartsWith("metadata.name: Invalid value: \"9bad\": a DNS-1035 label", StringComparison.Ordinal));
        Assert.Contains("spec.ports[0].name: Required value", errors);
        Assert.Contains(errors, e => e.StartsWith("spec.ports[1]: Duplicate value", StringComparison.Ordinal));
    }

    [Fact]
    public void An_immutable_config_map_stays_as_it_is()
    {
        var old = """{"metadata":{"name":"c","namespace":"n"},"immutable":true,"data":{"a":"1"}}""";
        Assert.Equal(["data: Forbidden: field is immutable when `immutable` is set"], Errors<V1ConfigMap>(old.Replace("\"1\"", "\"2\"", StringComparison.Ordinal), old));
    }
}
