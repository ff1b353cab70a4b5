using System.Net;
using System.Security.Cryptography.X509Certificates;
using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Api.Schemas;
using Gantry.Api.Trees;
using Gantry.Server.Admission;
using Gantry.Server.Admission.Webhooks;
using Gantry.Server.Aggregation;
using Gantry.Server.Audit;
using Gantry.Server.Authentication;
using Gantry.Server.Authorization;
using Gantry.Server.Certificates;
using Gantry.Server.CustomResources;
using Gantry.Server.Encryption;
using Gantry.Server.Flows;
using Gantry.Server.Handling;
using Gantry.Server.InProcess;
using Gantry.Server.Pipeline;
using Gantry.Server.Reading;
using Gantry.Server.Registry;
using Gantry.Server.Requests;
using Gantry.Server.Services;
using Gantry.Server.Subresources;
using Gantry.Server.Validation;
using Gantry.Server.Watching;
using Gantry.Server.Writing;
using Gantry.Store;
using Microsoft.Extensions.Logging;

namespace Gantry.Server;

/// <summary>The API without its edge: everything between an authenticated call and the store.</summary>
internal sealed class ServerCore : IDisposable
{
    private readonly ResourceQuotaAdmission _quota;
    private readonly WebhookCaller _webhooks;
    private readonly ApiServerParts _parts;

    private ServerCore(ApiServerOptions options, ApiServerParts parts, ClusterPki pki, ObjectRegistry registry)
    {
        _parts = parts;
        Options = options;
        Registry = registry;
        Auditor = Auditor.Of(options.Audit, Dice, parts.Ids, parts.Clock, parts.Logs.CreateLogger("audit"));
        Identities = new Identities(options, parts, pki, registry, () => Client!, Dice());
        Authorizers = new Authorizers(options.Authorization, registry, options.NodeName, parts.Clock, Dice(), parts.Logs.CreateLogger("authorization"));
        _quota = new ResourceQuotaAdmission(registry, new ApiQuotaLedger(() => Client!), parts.Clock, options.Admission.ReadLimited());
        Dial = parts.Nodes is { } nodes ? nodes.ConnectAsync : DirectDialer.ConnectAsync;
        ProxyAddresses = new ProxyAddresses(registry, Dice());
        _webhooks = new WebhookCaller(ProxyAddresses, Dial, parts.Clock);
        Table = new ResourceTable();
        var cycles = new WebhookCycles(registry, TellAsync, parts.Clock, parts.Logs.CreateLogger("webhooks"));
        var hooks = new WebhookDispatch(registry, Table, _webhooks, cycles, Authorizer, parts.Ids, AdmissionFigures, parts.Clock);
        Admission = AdmissionPlugins.Chain(options.Admission, new AdmissionPlugins.Parts(registry, Authorizer, Authorizers.Roles, Table, parts.Ids, hooks, _quota, AdmissionFigures, parts.Clock));
        Fill();
        Aggregated = new AggregatedApis(registry, ProxyAddresses, Dial, FrontProxy(pki), parts.Clock);
        Services = new ServiceAllocator(registry, () => registry.Clock.Current, options.Ranges, Dice());
        Writer = new ObjectWriter(registry, Admission, new ObjectValidator(), Services, parts.Ids, parts.Clock);
        Deleter = new ObjectDeleter(registry, Admission, parts.Clock);
        Lists = new ListReader(registry, parts.Clock);
        Flows = new FlowController(new FlowSettings(options.Limits.MaxRequestsInFlight + options.Limits.MaxMutatingRequestsInFlight, options.Limits.RequestTimeout) { WritingSeats = options.Limits.MaxMutatingRequestsInFlight }, Table, parts.Clock);
        Dispatcher = new ApiDispatcher(
            Table, new SubresourceTable(parts.Subresources.Concat(BuiltInSubresources.Of(this))), Lists, new WatchOpener(registry, Lists, Dice()), Writer,
            Deleter, new PatchHandler(Writer, parts.Clock))
        {
            Encrypted = parts.Store is EncryptedStore ? new EncryptedRequests(registry, parts.Logs.CreateLogger("encryption")) : null,
        };
        Client = new InProcessApiClient(this, UserInfo.Loopback);
    }

    public ApiServerOptions Options { get; }

    public ObjectRegistry Registry { get; }

    public Identities Identities { get; }

    public Authorizers Authorizers { get; }

    public IAuthorizer Authorizer => Authorizers;

    public AdmissionChain Admission { get; }

    public Http.WatchFigures WatchFigures { get; } = new();

    public AdmissionFigures AdmissionFigures { get; } = new();

    public ResourceTable Table { get; }

    public ObjectWriter Writer { get; }

    public ObjectDeleter Deleter { get; }

    public ServiceAllocator Services { get; }

    public Dialer Dial { get; }

    public ProxyAddresses ProxyAddresses { get; }

    public AggregatedApis Aggregated { get; }

    public ListReader Lists { get; }

    public FlowController Flows { get; }

    public ApiDispatcher Dispatcher { get; }

    public InProcessApiClient Client { get; }

    public TimeProvider Clock => _parts.Clock;

    public IIds Ids => _parts.Ids;

    /// <summary>Null where nothing is audited.</summary>
    public Auditor? Auditor { get; }

    public INodeProxy? Nodes => _parts.Nodes;

    /// <summary>Reads the store and puts everything together. Nothing is served yet.</summary>
    public static async Task<ServerCore> LoadAsync(ApiServerOptions options, ApiServerParts parts, ClusterPki pki, CancellationToken cancellation)
    {
        var registry = new ObjectRegistry(parts.Store, parts.Clock, parts.Logs.CreateLogger("registry"));
        await registry.LoadAsync([.. ApiCatalog.Resources.Where(HasStorage).Select(KindOf)], cancellation).ConfigureAwait(false);
        var core = new ServerCore(options, parts, pki, registry);
        var customs = new CustomResourceTable(registry, core.Table, core._webhooks, parts.Ids, parts.Logs.CreateLogger("custom resources"));
        await customs.BeginAsync(registry.Clock.Current, cancellation).ConfigureAwait(false);
        registry.Reshape = customs.ReshapeAsync;
        return core;
    }

    /// <summary>New dice, seeded from the source of ids so that a seeded run stays one.</summary>
    public Random Dice() => new(BitConverter.ToInt32(_parts.Ids.NewId().ToByteArray()));

    public void Dispose()
    {
        Aggregated.Dispose();
        _quota.Dispose();
        _webhooks.Dispose();
        Identities.Dispose();
        Authorizers.Dispose();
    }

    // Past admission, because that is what it tells of.
    private ValueTask<WriteOutcome> TellAsync(CoreV1Event told, CancellationToken cancellation)
    {
        var scope = new WriteScope
        {
            Resource = Table.Find("", "v1", "events")!, User = UserInfo.Loopback, Namespace = told.Metadata.Namespace, FieldManager = "kube-apiserver", IsAdmitted = true,
        };
        return Writer.CreateAsync(scope, (TreeMap)TreeJson.Parse(ApiJson.Encode(told)), managed: false, cancellation);
    }

    // Made when the first aggregated API is asked: most clusters start without any.
    private static Func<X509Certificate2> FrontProxy(ClusterPki pki)
    {
        var certificate = new Lazy<RenewingCertificate>(() => pki.Renewing(LeafProfile.FrontProxy));
        return () => certificate.Value.Current;
    }

    private void Fill()
    {
        foreach (var type in ApiCatalog.Resources)
        {
            var (stored, conversion) = Storage(type);
            var cache = stored is null ? null : Registry.Find(stored);
            Table.Add(new ServedResource(type, cache ?? new ResourceCache(KindOf(type), SortedChunks<StoredObject>.Empty, 0), conversion));
        }

        foreach (var versions in Table.All.GroupBy(r => r.Cache).Select(g => g.ToList()).Where(g => g.Count > 1))
        {
            versions.ForEach(r => r.Versions = versions);
        }
    }

    // Resources that only answer questions keep nothing.
    private static bool HasStorage(ResourceType type) => Storage(type).Stored == type;

    private static (ResourceType? Stored, IVersionConversion? Conversion) Storage(ResourceType type) => type switch
    {
        { Group: "events.k8s.io", Plural: "events" } => (CoreV1Event.Resource, new EventConversion()),
        { Group: "autoscaling", Version: "v1", Plural: "horizontalpodautoscalers" } => (V2HorizontalPodAutoscaler.Resource, new AutoscalerConversion()),
        _ => type.Allows("create") && type.Allows("list") ? (type, null) : (null, null),
    };

    private static ResourceKind KindOf(ResourceType type) => new(type, json =>
        ApiModels.Decode(type, json) as IApiObject ?? throw new InvalidOperationException($"{type} has no typed model"))
    {
        IsHeavy = ReferenceEquals(type, V1CustomResourceDefinition.Resource),
    };
}
