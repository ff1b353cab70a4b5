using Gantry.Control;
using Gantry.Controllers.BootstrapTokens;
using Gantry.Controllers.CertificateApproval;
using Gantry.Controllers.CertificateSigning;
using Gantry.Controllers.CronJobs;
using Gantry.Controllers.DaemonSets;
using Gantry.Controllers.Deployments;
using Gantry.Controllers.DisruptionBudgets;
using Gantry.Controllers.Endpoints;
using Gantry.Controllers.EndpointSlices;
using Gantry.Controllers.EphemeralVolumes;
using Gantry.Controllers.Evictions;
using Gantry.Controllers.GarbageCollection;
using Gantry.Controllers.Jobs;
using Gantry.Controllers.LegacyTokens;
using Gantry.Controllers.LocalVolumes;
using Gantry.Controllers.Namespaces;
using Gantry.Controllers.NodeIpam;
using Gantry.Controllers.NodeLifecycle;
using Gantry.Controllers.PersistentVolumes;
using Gantry.Controllers.PodGarbage;
using Gantry.Controllers.PolicyStatuses;
using Gantry.Controllers.ReplicaSets;
using Gantry.Controllers.ReplicationControllers;
using Gantry.Controllers.ResourceQuotas;
using Gantry.Controllers.RoleAggregation;
using Gantry.Controllers.RootCertificates;
using Gantry.Controllers.ServiceAccounts;
using Gantry.Controllers.StatefulSets;
using Gantry.Controllers.StorageProtection;
using Gantry.Controllers.TokenSecrets;
using Gantry.Controllers.TtlAfterFinished;

namespace Gantry.Controllers;

/// <summary>The controllers of a cluster, in the order in which they start.</summary>
public static class ControllerSet
{
    /// <summary>All of them. Give each to <see cref="LoopHost.Add(IController)"/>, then run the host.</summary>
    /// <param name="context">What they are made from.</param>
    /// <param name="options">What they are told.</param>
    /// <param name="events">Where a controller of that name tells users; the names are those that users of Kubernetes read. Null: all in the context's place.</param>
    public static IReadOnlyList<IController> All(ControllerContext context, ControllersOptions options, Func<string, IEventRecorder>? events = null)
    {
        ControllerContext As(string name) => events is null ? context : context with { Events = events(name) };
        return
        [
            new GarbageController(As("garbage-collector-controller")),
            new NamespaceController(context),
            new ServiceAccountController(context),
            new TokenSecretController(context, options.Authority, options.SecretTokens),
            new LegacyTokenCleaner(context, options.UnusedTokenLife, options.PodSecrets),
            new RoleAggregationController(context),
            new ResourceQuotaController(context, options.Quotas),
            new RootCertificateController(context, options.Authority),
            new NodeIpamController(context, options.PodRanges),
            new NodeLifecycleController(As("node-controller"), options.NodeGrace),
            new EvictionController(As("taint-eviction-controller")),
            new PodGarbageController(context, options),
            new ReplicaSetController(As("replicaset-controller")),
            new ReplicationControllerController(As("replication-controller")),
            new DeploymentController(As("deployment-controller")),
            new StatefulSetController(As("statefulset-controller")),
            new DaemonSetController(As("daemonset-controller")),
            new JobController(As("job-controller")),
            new CronJobController(As("cronjob-controller")),
            new TtlAfterFinishedController(context),
            new DisruptionBudgetController(As("controllermanager")),
            new PersistentVolumeController(As("persistentvolume-controller")),
            new StorageProtectionController(context),
            new EphemeralVolumeController(As("ephemeral-volume")),
            .. options.LocalVolumes is { } local ? (IController[])[new LocalVolumeController(As(LocalVolumePlanner.Provisioner), local)] : [],
            .. options.CheckPolicy is { } check ? (IController[])[new PolicyStatusController(context, check)] : [],
            .. options.Sign is { } sign ? (IController[])[new CertificateApprovalController(context), new CertificateSigningController(context, sign)] : [],
            .. options.BootstrapTokens ? (IController[])[new BootstrapTokenCleaner(context), new BootstrapSigner(context)] : [],
            new EndpointSliceController(As("endpoint-slice-controller")),
            new EndpointsController(As("endpoint-controller")),
        ];
    }
}
