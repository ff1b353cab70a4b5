using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Control;
using Gantry.Controllers.Intents;
using Gantry.Controllers.PersistentVolumes;

namespace Gantry.Controllers.LocalVolumes;

/// <summary>Makes and removes volumes on this machine's disk. Keys without a namespace are volumes (the empty one the class), the others claims.</summary>
public sealed class LocalVolumeController : IController
{
    private const UnixFileMode Everybody = (UnixFileMode)0b111_111_111;
    private static readonly ObjectKey ClassKey = new("");
    private readonly ControllerContext _context;
    private readonly PlanRunner _runner;
    private readonly LocalVolumeOptions _options;
    private readonly Cache<V1PersistentVolumeClaim> _claims;
    private readonly Cache<V1PersistentVolume> _volumes;
    private readonly Cache<V1StorageClass> _classes;
    private readonly Cache<V1Node> _nodes;

    public LocalVolumeController(ControllerContext context, LocalVolumeOptions options)
    {
        _context = context;
        _runner = new PlanRunner(context);
        _options = options;
        _claims = context.Caches.Of<V1PersistentVolumeClaim>();
        _volumes = context.Caches.Of<V1PersistentVolume>();
        _classes = context.Caches.Of<V1StorageClass>();
        _nodes = context.Caches.Of<V1Node>();
    }

    public string Name => "local-volumes";

    public int Workers => 2;

    public IEnumerable<ICache> Caches => [_claims, _volumes, _classes, _nodes];

    public void Watch(IKeySink keys)
    {
        keys.Add(ClassKey);
        _claims.Subscribe(change =>
        {
            if (change.New is { Spec.VolumeName: "" } claim)
            {
                keys.Add(ObjectKey.Of(claim));
            }
        });
        _volumes.Subscribe(change =>
        {
            if (change.New is { Status.Phase: "Released" } volume)
            {
                keys.Add(ObjectKey.Of(volume));
            }
        });
    }

    public async ValueTask<Again> ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        if (!_runner.Settled(key))
        {
            return Again.After(TimeSpan.FromMilliseconds(50));
        }

        var plan = key == ClassKey ? Class() : key.Namespace.Length == 0 ? Remove(key) : Provision(key);
        var error = await _runner.PerformAsync(key, plan, ct).ConfigureAwait(false);
        return error is null ? Again.No : Again.Failed(error.Message);
    }

    private Intent[] Class() => _classes.Snapshot.Get("", LocalVolumePlanner.Class.Metadata.Name) is null
        ? [new Create<V1StorageClass>(LocalVolumePlanner.Class) { OrExists = true }]
        : [];

    private Intent[] Provision(ObjectKey key)
    {
        if (_claims.Snapshot.Get(key) is not { } claim || _nodes.Snapshot.Get("", _options.Node) is not { } node
            || _classes.Snapshot.Get("", VolumeMatch.Class(claim)) is not { } storage || !LocalVolumePlanner.Waits(claim, storage, _options.Node))
        {
            return [];
        }

        if (LocalVolumePlanner.Refusal(claim) is { } why)
        {
            return [new Tell(ObjectReferences.To(claim), "Warning", "ProvisioningFailed", $"failed to provision volume with StorageClass \"{storage.Metadata.Name}\": {why}")];
        }

        var volume = LocalVolumePlanner.Volume(claim, storage, node, _options.Directory);
        if (_volumes.Snapshot.Get(ObjectKey.Of(volume)) is not null)
        {
            return [];
        }

        MakeFolder(volume.Spec.HostPath!.Path);
        return
        [
            new Create<V1PersistentVolume>(volume)
            {
                OrExists = true,
                Announce = new Announcement(
                    ObjectReferences.To(claim), "ProvisioningSucceeded", "Successfully provisioned volume {0}",
                    "ProvisioningFailed", $"failed to provision volume with StorageClass \"{storage.Metadata.Name}\": {{0}}"),
            },
        ];
    }

    /// <summary>The folder is open to whichever user the containers run as; its parent keeps others out.</summary>
    private void MakeFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new PlatformNotSupportedException("volumes on the machine's disk need a Unix");
        }

        Directory.CreateDirectory(_options.Directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Directory.CreateDirectory(path);
        File.SetUnixFileMode(path, Everybody);
    }

    private Intent[] Remove(ObjectKey key)
    {
        if (_volumes.Snapshot.Get(key) is not { } volume || LocalVolumePlanner.Leftover(volume, _options.Directory) is not { } path)
        {
            return [];
        }

        // Links in it are removed, not followed.
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }

        return [new Delete<V1PersistentVolume>(key, volume.Metadata.Uid)];
    }
}
