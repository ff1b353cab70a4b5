using System.Text;
using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Server.Admission.PodSecurity;

namespace Gantry.Server.Tests.Admission;

public sealed class StandardsTests
{
    [Theory]
    [InlineData("restricted", "latest", """{"containers":[{"name":"a"}]}""",
        "allowPrivilegeEscalation != false (container \"a\" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container \"a\" must set securityContext.capabilities.drop=[\"ALL\"]), runAsNonRoot != true (pod or container \"a\" must set securityContext.runAsNonRoot=true), seccompProfile (pod or container \"a\" must set securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\")")]
    [InlineData("restricted", "v1.7", """{"containers":[{"name":"a"}]}""",
        "runAsNonRoot != true (pod or container \"a\" must set securityContext.runAsNonRoot=true)")]
    [InlineData("restricted", "latest", """{"os":{"name":"windows"},"securityContext":{"runAsNonRoot":true},"containers":[{"name":"a"}]}""", "")]
    [InlineData("restricted", "v1.24", """{"os":{"name":"windows"},"securityContext":{"runAsNonRoot":true,"seccompProfile":{"type":"Localhost"}},"containers":[{"name":"a","securityContext":{"allowPrivilegeEscalation":false}}]}""",
        "unrestricted capabilities (container \"a\" must set securityContext.capabilities.drop=[\"ALL\"])")]
    [InlineData("baseline", "latest", """{"hostNetwork":true,"hostIPC":true,"containers":[{"name":"a","ports":[{"containerPort":80,"hostPort":80},{"containerPort":9,"hostPort":1000}]},{"name":"b","securityContext":{"privileged":true}}],"initContainers":[{"name":"i","ports":[{"containerPort":80,"hostPort":80}]}]}""",
        "host namespaces (hostNetwork=true, hostIPC=true), hostPort (containers \"i\", \"a\" use hostPorts 1000, 80), privileged (container \"b\" must not set securityContext.privileged=true)")]
    [InlineData("baseline", "latest", """{"volumes":[{"name":"v","hostPath":{"path":"/"}},{"name":"n","nfs":{"server":"x","path":"/"}}],"containers":[{"name":"a","securityContext":{"capabilities":{"add":["NET_RAW","CHOWN","SYS_ADMIN"]}}}]}""",
        "non-default capabilities (container \"a\" must not include \"NET_RAW\", \"SYS_ADMIN\" in securityContext.capabilities.add), hostPath volumes (volume \"v\")")]
    [InlineData("restricted", "v1.21", """{"securityContext":{"runAsNonRoot":true,"seccompProfile":{"type":"RuntimeDefault"}},"volumes":[{"name":"v","hostPath":{"path":"/"}},{"name":"n","nfs":{"server":"x","path":"/"}}],"containers":[{"name":"a","securityContext":{"allowPrivilegeEscalation":false,"capabilities":{"add":["NET_RAW"]}}}]}""",
        "non-default capabilities (container \"a\" must not include \"NET_RAW\" in securityContext.capabilities.add), restricted volume types (volumes \"v\", \"n\" use restricted volume types \"hostPath\", \"nfs\")")]
    [InlineData("baseline", "v1.30", """{"securityContext":{"seLinuxOptions":{"type":"container_engine_t"},"sysctls":[{"name":"net.ipv4.tcp_rmem","value":"1"},{"name":"net.ipv4.tcp_fin_timeout","value":"1"}]},"containers":[{"name":"a","securityContext":{"seLinuxOptions":{"user":"u","role":"r"},"procMount":"Unmasked","windowsOptions":{"hostProcess":true}}}]}""",
        "procMount (container \"a\" must not set securityContext.procMount to \"Unmasked\"), seLinuxOptions (pod and container \"a\" set forbidden securityContext.seLinuxOptions: type \"container_engine_t\"; user may not be set; role may not be set), forbidden sysctls (net.ipv4.tcp_rmem), hostProcess (container \"a\" must not set securityContext.windowsOptions.hostProcess=true)")]
    [InlineData("baseline", "v1.32", """{"securityContext":{"seLinuxOptions":{"type":"container_engine_t"},"sysctls":[{"name":"net.ipv4.tcp_rmem","value":"1"}]},"containers":[{"name":"a"}]}""", "")]
    [InlineData("restricted", "v1.99", """{"securityContext":{"runAsNonRoot":false,"runAsUser":0,"seccompProfile":{"type":"Unconfined"},"appArmorProfile":{"type":"Unconfined"}},"containers":[{"name":"a","securityContext":{"runAsNonRoot":false,"allowPrivilegeEscalation":false,"capabilities":{"drop":["ALL"],"add":["NET_BIND_SERVICE"]}}}]}""",
        "forbidden AppArmor profile (pod must not set AppArmor profile type to \"Unconfined\"), runAsNonRoot != true (pod and container \"a\" must not set securityContext.runAsNonRoot=false), runAsUser=0 (pod must not set runAsUser=0), seccompProfile (pod must not set securityContext.seccompProfile.type to \"Unconfined\")")]
    [InlineData("privileged", "latest", """{"hostNetwork":true,"containers":[{"name":"a"}]}""", "")]
    public void A_pod_is_told_every_control_that_it_breaks(string level, string version, string spec, string expected)
    {
        var standard = new SecurityStandard(Enum.Parse<SecurityLevel>(level, ignoreCase: true), Version(version));

        var broken = Standards.Check(standard, new V1ObjectMeta(), ApiJson.Decode<V1Pod>(Encoding.UTF8.GetBytes($$$"""{"spec":{{{spec}}} }""")).Spec);

        Assert.Equal(expected, Violation.Details(broken));
    }

    [Fact]
    public void Annotations_that_were_fields_before_they_were_fields_count()
    {
        var metadata = new V1ObjectMeta
        {
            Annotations = new Dictionary<string, string>
            {
                ["container.apparmor.security.beta.kubernetes.io/a"] = "unconfined",
                ["seccomp.security.alpha.kubernetes.io/pod"] = "unconfined",
            },
        };
        var spec = new V1PodSpec { Containers = [new V1Container { Name = "a" }] };

        Assert.Equal(
            "forbidden AppArmor profile (annotation must not set AppArmor profile type to \"container.apparmor.security.beta.kubernetes.io/a=\"unconfined\"\"), seccompProfile (forbidden annotation seccomp.security.alpha.kubernetes.io/pod=\"unconfined\")",
            Violation.Details(Standards.Check(new SecurityStandard(SecurityLevel.Baseline, Version("v1.18")), metadata, spec)));
        Assert.DoesNotContain(
            Standards.Check(new SecurityStandard(SecurityLevel.Baseline, Version("v1.19")), metadata, spec), v => v.Reason == "seccompProfile");
    }

    [Theory]
    [InlineData("v1.0", true)]
    [InlineData("v1.32", true)]
    [InlineData("latest", true)]
    [InlineData("v1.01", false)]
    [InlineData("v2.0", false)]
    [InlineData("1.2", false)]
    [InlineData("v1.", false)]
    [InlineData("v1.99999999999", false)]
    public void Versions_are_latest_or_of_the_first_major(string text, bool valid)
    {
        Assert.Equal(valid, StandardVersion.TryParse(text, out var version));
        Assert.Equal(valid ? text : "latest", version.ToString());
    }

    [Fact]
    public void Who_enforces_is_warned_of_the_same_unless_the_labels_say_otherwise()
    {
        static SecurityPolicy Of(params (string Key, string Value)[] labels) => SecurityPolicy.Of(
            labels.ToDictionary(l => SecurityPolicy.LabelPrefix + l.Key, l => l.Value), SecurityPolicy.Everything, out _);

        Assert.Equal("restricted:v1.30", Of(("enforce", "restricted"), ("enforce-version", "v1.30")).Warn.ToString());
        Assert.Equal("baseline:latest", Of(("enforce", "restricted"), ("warn", "baseline")).Warn.ToString());
        Assert.Equal("privileged:latest", Of(("enforce", "restricted")).Audit.ToString());
        Assert.Equal("restricted:latest", Of(("enforce", "nonsense")).Enforce.ToString());
        Assert.Equal("privileged:latest", Of(("warn", "nonsense")).Warn.ToString());
    }

    private static StandardVersion Version(string text) => StandardVersion.TryParse(text, out var version) ? version : throw new ArgumentException(text);
}
