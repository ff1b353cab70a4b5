using System.Text;
using Gantry.Api.Models;
using Gantry.Api.Schemas;
using Gantry.Api.Trees;
using Gantry.Server.Tables;

namespace Gantry.Server.Tests.Tables;

/// <summary>What tables show of kinds in states that no recording has.</summary>
public sealed class KindCellsTests
{
    private const string Gone = "\"deletionTimestamp\":\"2026-01-01T00:30:00Z\"";

    private static readonly DateTimeOffset Now = new(2026, 1, 1, 1, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("""{"capacity":{"storage":"2Gi"},"accessModes":["ReadWriteOncePod","ReadOnlyMany"],"claimRef":{"namespace":"n","name":"c"},"storageClassName":"s","volumeMode":"Block"}""", """{"phase":"Failed","reason":"R"}""", "", "2Gi|ROX,RWOP||Failed|n/c|s|<unset>|R|60m|Block")]
    [InlineData("""{"persistentVolumeReclaimPolicy":"Delete","volumeAttributesClassName":"v"}""", """{"phase":"Released"}""", Gone, "0||Delete|Terminating|||v||60m|<unset>")]
    public void Volumes(string spec, string status, string metadata, string expected) =>
        Assert.Equal(expected, Cells("", "v1", "persistentvolumes", spec, status, metadata));

    [Theory]
    [InlineData("""{"volumeName":"v","accessModes":["ReadWriteMany"]}""", """{"phase":"Bound","capacity":{"storage":"1Gi"},"accessModes":["ReadWriteOnce"]}""", "", "Bound|v|1Gi|RWO||<unset>|60m|<unset>")]
    [InlineData("""{"volumeName":"v"}""", """{"phase":"Lost"}""", "\"annotations\":{\"volume.beta.kubernetes.io/storage-class\":\"old\"}", "Lost|v|0||old|<unset>|60m|<unset>")]
    [InlineData("""{"accessModes":["ReadWriteMany"],"storageClassName":"s"}""", """{"phase":"Pending"}""", Gone, "Terminating||||s|<unset>|60m|<unset>")]
    public void Claims(string spec, string status, string metadata, string expected) =>
        Assert.Equal(expected, Cells("", "v1", "persistentvolumeclaims", spec, status, metadata));

    [Theory]
    [InlineData("""[{"type":"External","external":{"metric":{"name":"m"},"target":{"type":"Value","value":"5"}}}]""", "[]", "<unknown>/5")]
    [InlineData("""[{"type":"External","external":{"metric":{"name":"m"},"target":{"type":"Value","value":"5"}}}]""", """[{"type":"External","external":{"metric":{"name":"m"},"current":{"averageValue":"1"}}}]""", "<nil>/5")]
    [InlineData("""[{"type":"External","external":{"metric":{"name":"m"},"target":{"type":"AverageValue","averageValue":"5"}}}]""", """[{"type":"External","external":{"metric":{"name":"m"},"current":{"value":"1"}}}]""", "<unknown>/5 (avg)")]
    [InlineData("""[{"type":"Pods","pods":{"metric":{"name":"m"},"target":{"type":"AverageValue","averageValue":"100m"}}}]""", """[{"type":"Pods","pods":{"metric":{"name":"m"},"current":{}}}]""", "<nil>/100m")]
    [InlineData("""[{"type":"Object","object":{"describedObject":{"kind":"K","name":"n"},"metric":{"name":"m"},"target":{"type":"Value","value":"7"}}}]""", """[{"type":"Object","object":{"describedObject":{"kind":"K","name":"n"},"metric":{"name":"m"},"current":{"value":"3"}}}]""", "3/7")]
    [InlineData("""[{"type":"Resource","resource":{"name":"memory","target":{"type":"AverageValue","averageValue":"1Gi"}}},{"type":"Resource","resource":{"name":"cpu","target":{"type":"Utilization","averageUtilization":50}}}]""", """[{"type":"Resource","resource":{"name":"memory","current":{"averageUtilization":3}}},{"type":"Resource","resource":{"name":"cpu","current":{"averageUtilization":3,"averageValue":"1"}}}]""", "memory: <nil>/1Gi, cpu: 3%/50%")]
    [InlineData("""[{"type":"ContainerResource","containerResource":{"name":"cpu","container":"c","target":{"type":"Utilization","averageUtilization":50}}},{"type":"?"},{"type":"?"}]""", "[]", "cpu: <unknown>/50%, <unknown type> + 1 more...")]
    [InlineData("[]", "[]", "<none>")]
    public void Autoscalers(string metrics, string measured, string expected) => Assert.Equal(
        $"Deployment/d|{expected}|<unset>|3|1|60m",
        Cells("autoscaling", "v2", "horizontalpodautoscalers", $$"""{"scaleTargetRef":{"kind":"Deployment","name":"d"},"maxReplicas":3,"metrics":{{metrics}}}""", $$"""{"currentReplicas":1,"desiredReplicas":1,"currentMetrics":{{measured}}}""", ""));

    [Theory]
    [InlineData("""{"completions":3}""", """{"succeeded":1,"startTime":"2026-01-01T00:50:00Z","conditions":[{"type":"SuccessCriteriaMet","status":"True"}]}""", "", "Running|1/3|10m")]
    [InlineData("""{"parallelism":4}""", """{"startTime":"2026-01-01T00:50:00Z","completionTime":"2026-01-01T00:51:30Z","conditions":[{"type":"Complete","status":"True"}]}""", "", "Complete|0/1 of 4|90s")]
    [InlineData("""{"parallelism":1}""", """{"conditions":[{"type":"FailureTarget","status":"True"}]}""", "", "FailureTarget|0/1|")]
    [InlineData("""{"parallelism":1}""", """{"conditions":[{"type":"Suspended","status":"True"}]}""", Gone, "Terminating|0/1|")]
    [InlineData("""{"parallelism":1}""", """{"conditions":[{"type":"Suspended","status":"True"},{"type":"Failed","status":"False"}]}""", "", "Suspended|0/1|")]
    public void Jobs(string spec, string status, string metadata, string expected) =>
        Assert.Equal(expected + "|60m|||<none>", Cells("batch", "v1", "jobs", spec, status, metadata));

    [Theory]
    [InlineData("""{"schedule":"* * * * *","timeZone":"Etc/UTC","suspend":true,"jobTemplate":{"spec":{"template":{"spec":{"containers":[{"name":"c","image":"i"}]}}}}}""", """{"active":[{"name":"a"}],"lastScheduleTime":"2026-01-01T00:55:00Z"}""", "* * * * *|Etc/UTC|True|1|5m|60m|c|i|<none>")]
    [InlineData("""{"schedule":"@daily"}""", "{}", "@daily|<none>|<unset>|0|<none>|60m|||<none>")]
    public void Cron_jobs(string spec, string status, string expected) => Assert.Equal(expected, Cells("batch", "v1", "cronjobs", spec, status, ""));

    [Theory]
    [InlineData("""{"policyName":"p","paramRef":{"name":"x"}}""", "p|*/x")]
    [InlineData("""{"policyName":"p","paramRef":{"name":"x","namespace":"n"}}""", "p|n/x")]
    [InlineData("""{"policyName":"p","paramRef":{"selector":{"matchLabels":{"a":"b"}}}}""", "p|&LabelSelector{MatchLabels:map[string]string{a: b,},MatchExpressions:[]LabelSelectorRequirement{},}")]
    [InlineData("""{"policyName":"p"}""", "p|<unset>")]
    public void Policy_bindings(string spec, string expected) =>
        Assert.Equal(expected + "|60m", Cells("admissionregistration.k8s.io", "v1", "validatingadmissionpolicybindings", spec, "{}", ""));

    [Theory]
    [InlineData("""{"signerName":"s","username":"u","expirationSeconds":7200}""", """{"conditions":[{"type":"Approved"},{"type":"Failed"}],"certificate":"YQ=="}""", "s|u|120m|Approved,Failed,Issued")]
    [InlineData("""{"username":"u"}""", """{"conditions":[{"type":"Approved"},{"type":"Denied"}]}""", "<none>|u|<none>|Denied")]
    public void Signing_requests(string spec, string status, string expected) =>
        Assert.Equal("60m|" + expected, Cells("certificates.k8s.io", "v1", "certificatesigningrequests", spec, status, ""));

    [Theory]
    [InlineData("""{"type":"Limited","limited":{"nominalConcurrencyShares":0,"limitResponse":{"type":"Reject"}}}""", "Limited|0|<none>|<none>|<none>")]
    [InlineData("""{"type":"Exempt","exempt":{"nominalConcurrencyShares":3}}""", "Exempt|<none>|<none>|<none>|<none>")]
    [InlineData("""{"type":"Limited","limited":{"nominalConcurrencyShares":7,"limitResponse":{"type":"Queue","queuing":{"queues":1,"handSize":2,"queueLengthLimit":3}}}}""", "Limited|7|1|2|3")]
    public void Priority_levels(string spec, string expected) =>
        Assert.Equal(expected + "|60m", Cells("flowcontrol.apiserver.k8s.io", "v1", "prioritylevelconfigurations", spec, "{}", ""));

    [Theory]
    [InlineData("""{"hard":{"limits.cpu":"2","pods":"5","requests.cpu":"1","limits":"4"},"used":{"pods":"2","limits.cpu":"500m"}}""", "60m|limits: 0/4, pods: 2/5, requests.cpu: 0/1|limits.cpu: 500m/2")]
    [InlineData("{}", "60m||")]
    public void Quotas(string status, string expected) => Assert.Equal(expected, Cells("", "v1", "resourcequotas", "{}", status, ""));

    [Theory]
    [InlineData("""{"controller":"c","parameters":{"kind":"K","name":"n","apiGroup":"g"}}""", "c|K.g/n")]
    [InlineData("""{"controller":"c"}""", "c|<none>")]
    public void Ingress_classes(string spec, string expected) => Assert.Equal(expected + "|60m", Cells("networking.k8s.io", "v1", "ingressclasses", spec, "{}", ""));

    [Theory]
    [InlineData("""{"podSelector":{}}""", "<none>")]
    [InlineData("""{"podSelector":{"matchLabels":{"z":"1"},"matchExpressions":[{"key":"a","operator":"NotIn","values":["y","x"]},{"key":"m","operator":"Exists"},{"key":"b","operator":"DoesNotExist"}]}}""", "a notin (x,y),!b,m,z=1")]
    public void Network_policies(string spec, string expected) => Assert.Equal(expected + "|60m", Cells("networking.k8s.io", "v1", "networkpolicies", spec, "{}", ""));

    [Fact]
    public void Owners_of_revisions() => Assert.Equal(
        "statefulset.apps/web|4|60m",
        Show("apps", "v1", "controllerrevisions", """{"metadata":{"name":"x","creationTimestamp":"2026-01-01T00:00:00Z","ownerReferences":[{"apiVersion":"v1","kind":"A","name":"a"},{"apiVersion":"apps/v1","kind":"StatefulSet","name":"web","controller":true}]},"revision":4}"""));

    [Fact]
    public void Endpoints_with_and_without_ports() => Assert.Equal(
        "1.1.1.1:80,[::1]:80,2.2.2.2 + 1 more...|60m",
        Show("", "v1", "endpoints", """{"metadata":{"name":"x","creationTimestamp":"2026-01-01T00:00:00Z"},"subsets":[{"addresses":[{"ip":"1.1.1.1"},{"ip":"::1"}],"ports":[{"port":80}]},{"addresses":[{"ip":"2.2.2.2"},{"ip":"3.3.3.3"}]}]}"""));

    private static string Cells(string group, string version, string plural, string spec, string status, string metadata) => Show(
        group, version, plural,
        $$"""{"metadata":{"name":"x","creationTimestamp":"2026-01-01T00:00:00Z"{{(metadata.Length > 0 ? "," + metadata : "")}}},"spec":{{spec}},"status":{{status}}}""");

    // Every cell after the name.
    private static string Show(string group, string version, string plural, string json)
    {
        var value = (IApiObject)ApiModels.Decode(ApiCatalog.Find(group, version, plural)!, Encoding.UTF8.GetBytes(json))!;
        return string.Join('|', TableRenderer.Cells(value, Now).Skip(1).Select(c => c is TreeString text ? text.Value : c.ToString()));
    }
}
