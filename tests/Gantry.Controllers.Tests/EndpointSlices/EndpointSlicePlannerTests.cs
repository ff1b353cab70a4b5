using Gantry.Api.Models;
using Gantry.Controllers.EndpointSlices;
using Gantry.Controllers.Intents;

namespace Gantry.Controllers.Tests.EndpointSlices;

public sealed class EndpointSlicePlannerTests
{
    private readonly Dictionary<string, V1EndpointSlice> _slices = new(StringComparer.Ordinal);
    private int _names;

    [Fact]
    public void A_service_without_pods_has_one_empty_slice()
    {
        Apply(View([]));
        Assert.Empty(Assert.Single(_slices.Values).Endpoints);
        Assert.Empty(EndpointSlicePlanner.Plan(View([])));
    }

    [Fact]
    public void A_slice_tells_whose_it_is_and_what_its_endpoints_are_good_for()
    {
        Apply(View([Pod(1), Pod(2, ready: false), Make.Deleted(Pod(3))]));
        var slice = Assert.Single(_slices.Values);
        Assert.Equal(("web", "endpointslice-controller.k8s.io"), (slice.Metadata.Labels["kubernetes.io/service-name"], slice.Metadata.Labels["endpointslice.kubernetes.io/managed-by"]));
        Assert.Equal(8080, Assert.Single(slice.Ports).Port);
        Assert.Equal(
            [(true, true, false), (false, false, false), (false, true, true)],
            slice.Endpoints.Select(e => (e.Conditions.Ready!.Value, e.Conditions.Serving!.Value, e.Conditions.Terminating!.Value)));
        Assert.Equal(("n1", "zone-a"), (slice.Endpoints[0].NodeName, slice.Endpoints[0].Zone));
    }

    [Fact]
    public void Many_endpoints_fill_slices_up_to_their_size()
    {
        Apply(View([.. Enumerable.Range(1, 25).Select(i => Pod(i))]));
        Assert.Equal([5, 10, 10], _slices.Values.Select(s => s.Endpoints.Count).Order());
    }

    [Fact]
    public void One_pod_that_changes_rewrites_one_slice()
    {
        var pods = Enumerable.Range(1, 25).Select(i => Pod(i)).ToList();
        Apply(View(pods));
        pods[12] = Pod(13, ready: false);
        Assert.IsType<Update<V1EndpointSlice>>(Assert.Single(EndpointSlicePlanner.Plan(View(pods))));
    }

    [Fact]
    public void Pods_with_other_numbers_for_a_named_port_get_a_slice_of_their_own()
    {
        var service = Service(new V1ServicePort { Name = "http", Port = 80, TargetPort = "http" });
        Apply(View([Named(1, 8080), Named(2, 9090), Named(3, 9090)], service));
        Assert.Equal([(8080, 1), (9090, 2)], _slices.Values.Select(s => (s.Ports[0].Port!.Value, s.Endpoints.Count)).Order());
    }

    [Fact]
    public void Both_address_families_have_slices_of_their_own()
    {
        var pod = Pod(1);
        pod = pod with { Status = pod.Status with { PodIPs = [new V1PodIP { Ip = "10.42.0.1" }, new V1PodIP { Ip = "fd00::1" }] } };
        var service = Service();
        service = service with { Spec = service.Spec with { IpFamilies = ["IPv4", "IPv6"] } };
        Apply(View([pod], service));
        Assert.Equal([("IPv4", "10.42.0.1"), ("IPv6", "fd00::1")], _slices.Values.Select(s => (s.AddressType, s.Endpoints[0].Addresses[0])).Order());
    }

    [Fact]
    public void However_pods_come_and_go_every_one_is_in_exactly_one_slice_and_a_second_plan_has_nothing_to_do()
    {
        for (var seed = 0; seed < 60; seed++)
        {
            var dice = new Random(seed);
            _slices.Clear();
            for (var round = 0; round < 8; round++)
            {
                var pods = Enumerable.Range(1, 60).Where(_ => dice.Next(2) == 0).Select(i => Pod(i, dice.Next(4) != 0)).ToList();
                Apply(View(pods));
                var addresses = _slices.Values.SelectMany(s => s.Endpoints).Select(e => e.Addresses[0]).ToList();
                Assert.Equal(pods.Select(p => p.Status.PodIP).Order(StringComparer.Ordinal), addresses.Order(StringComparer.Ordinal));
                Assert.All(_slices.Values, s => Assert.InRange(s.Endpoints.Count, pods.Count == 0 ? 0 : 1, 10));
                Assert.Empty(EndpointSlicePlanner.Plan(View(pods)));
            }
        }
    }

    private static V1Service Service(V1ServicePort? port = null) => new()
    {
        Metadata = new V1ObjectMeta { Namespace = "default", Name = "web", Uid = "service-uid" },
        Spec = new V1ServiceSpec { ClusterIP = "10.43.0.7", IpFamilies = ["IPv4"], Ports = [port ?? new V1ServicePort { Name = "http", Port = 80, TargetPort = 8080 }] },
    };

    private static V1Pod Pod(int number, bool ready = true)
    {
        var pod = Make.Pod("pod-" + number, ready: ready);
        return pod with { Status = pod.Status with { PodIP = $"10.42.0.{number}", PodIPs = [new V1PodIP { Ip = $"10.42.0.{number}" }] } };
    }

    private static V1Pod Named(int number, int port)
    {
        var pod = Pod(number);
        return pod with { Spec = pod.Spec with { Containers = [new V1Container { Name = "main", Ports = [new V1ContainerPort { Name = "http", ContainerPort = port }] }] } };
    }

    private ServiceView View(IReadOnlyList<V1Pod> pods, V1Service? service = null) => new()
    {
        Service = service ?? Service(), Pods = pods, Slices = [.. _slices.Values], SliceSize = 10, Zones = new Dictionary<string, string> { ["n1"] = "zone-a" },
    };

    private void Apply(ServiceView view)
    {
        foreach (var intent in EndpointSlicePlanner.Plan(view))
        {
            switch (intent)
            {
                case Create<V1EndpointSlice> create:
                    var name = create.Object.Metadata.GenerateName + ++_names;
                    _slices[name] = create.Object with { Metadata = create.Object.Metadata with { Name = name, CreationTimestamp = Make.Now.AddSeconds(_names) } };
                    break;
                case Update<V1EndpointSlice> update:
                    _slices[update.Object.Metadata.Name] = update.Object;
                    break;
                case Delete<V1EndpointSlice> delete:
                    _slices.Remove(delete.Key.Name);
                    break;
            }
        }
    }
}
