using System.Text;
using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Server.Validation;

namespace Gantry.Server.Tests.Validation;

public class GoDumpTests
{
    [Theory]
    [InlineData("1.234", "value:1234, scale:-3", "1.234", "DecimalSI")]
    [InlineData("2G", "value:2, scale:9", "2G", "DecimalSI")]
    [InlineData("100m", "value:100, scale:-3", "100m", "DecimalSI")]
    [InlineData("1Gi", "value:1073741824, scale:0", "1Gi", "BinarySI")]
    [InlineData("512Mi", "value:536870912, scale:0", "", "BinarySI")]
    public void Quantities_are_printed_as_they_are_held(string text, string amount, string kept, string format) => Assert.Equal(
        $"resource.Quantity{{i:resource.int64Amount{{{amount}}}, d:resource.infDecAmount{{Dec:(*inf.Dec)(nil)}}, s:\"{kept}\", Format:\"{format}\"}}", GoDump.Of(Quantity.Parse(text)));

    [Fact]
    public void Structures_are_printed_with_all_their_members()
    {
        var template = ApiJson.Decode<V1PodTemplateSpec>(Encoding.UTF8.GetBytes(
            """
            {"metadata":{"labels":{"b":"2","a":"1"}},"spec":{"hostNetwork":true,"restartPolicy":"Never","volumes":[{"name":"v","configMap":{"name":"m"}}],
            "containers":[{"name":"c","args":["say \"x\""],"ports":[{"containerPort":80}],"volumeMounts":[{"name":"v","mountPath":"/v"}]}]}}
            """));
        var text = GoDump.Of(template);
        foreach (var part in (string[])[
            "core.PodTemplateSpec{ObjectMeta:v1.ObjectMeta{Name:\"\", GenerateName:\"\", Namespace:\"\", SelfLink:\"\", UID:\"\", ResourceVersion:\"\", Generation:0, "
                + "CreationTimestamp:time.Date(1, time.January, 1, 0, 0, 0, 0, time.UTC), DeletionTimestamp:<nil>, DeletionGracePeriodSeconds:(*int64)(nil), "
                + "Labels:map[string]string{\"a\":\"1\", \"b\":\"2\"}, Annotations:map[string]string(nil), OwnerReferences:[]v1.OwnerReference(nil), Finalizers:[]string(nil), "
                + "ManagedFields:[]v1.ManagedFieldsEntry(nil)}, Spec:core.PodSpec{Volumes:[]core.Volume{core.Volume{Name:\"v\", VolumeSource:core.VolumeSource{"
                + "HostPath:(*core.HostPathVolumeSource)(nil), EmptyDir:(*core.EmptyDirVolumeSource)(nil), GCEPersistentDisk:(*core.GCEPersistentDiskVolumeSource)(nil), ",
            ", ConfigMap:(*core.ConfigMapVolumeSource)(0xc000000000), ",
            ", Args:[]string{\"say \\\"x\\\"\"}, ",
            ", Ports:[]core.ContainerPort{core.ContainerPort{Name:\"\", HostPort:0, ContainerPort:80, Protocol:\"\", HostIP:\"\"}}, ",
            ", VolumeMounts:[]core.VolumeMount{core.VolumeMount{Name:\"v\", ReadOnly:false, RecursiveReadOnly:(*core.RecursiveReadOnlyMode)(nil), MountPath:\"/v\", SubPath:\"\", "
                + "MountPropagation:(*core.MountPropagationMode)(nil), SubPathExpr:\"\"}}, ",
            ", Resources:(*core.ResourceRequirements)(nil)}}"])
        {
            Assert.Contains(part, text, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("HostNetwork", text, StringComparison.Ordinal);
    }
}
