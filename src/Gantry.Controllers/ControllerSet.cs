using Gantry.Control;
using Gantry.Controllers.CronJobs;
using Gantry.Controllers.DaemonSets;
using Gantry.Controllers.Deployments;
using Gantry.Controllers.DisruptionBudgets;
using Gantry.Controllers.Endpoints;
using Gantry.Controllers.EndpointSlices;
using Gantry.Controllers.Evictions;
using Gantry.Controllers.GarbageCollection;
using Gantry.Controllers.Jobs;
using Gantry.Controllers.Namespaces;
using Gantry.Controllers.NodeIpam;
using Gantry.Controllers.NodeLifecycle;
using Gantry.Controllers.PersistentVolumes;
using Gantry.Controllers.PodGarbage;
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
    public static IReadOnlyList<IController> All(ControllerContext context, ControllersOptions options) =>
    [
        new GarbageController(context),
        new NamespaceController(context),
        new ServiceAccountController(context),
        new TokenSecretController(context, options.Authority),
        new RoleAggregationController(context),
        new ResourceQuotaController(context, options.Quotas),
        new RootCertificateController(context, options.Authority),
        new NodeIpamController(context, options.PodRanges),
        new NodeLifecycleController(context, options.NodeGrace),
        new EvictionController(context),
        new PodGarbageController(context, options),
        new ReplicaSetController(context),
        new ReplicationControllerController(context),
        new DeploymentController(context),
        new StatefulSetController(context),
        new DaemonSetController(context),
        new JobController(context),
        new CronJobController(context),
        new TtlAfterFinishedController(context),
        new DisruptionBudgetController(context),
        new PersistentVolumeController(context),
        new StorageProtectionController(context),
        new EndpointSliceController(context),
        new EndpointsController(context),
    ];
}
