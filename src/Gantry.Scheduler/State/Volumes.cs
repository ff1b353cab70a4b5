using Gantry.Scheduler.Facts;

namespace Gantry.Scheduler.State;

/// <summary>Claims, volumes and storage classes by name.</summary>
public sealed class Volumes
{
    private readonly Dictionary<string, ClaimFact> _claims = new(StringComparer.Ordinal);
    private readonly Dictionary<string, VolumeFact> _volumes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StorageClassFact> _classes = new(StringComparer.Ordinal);

    public IEnumerable<VolumeFact> All => _volumes.Values;

    public ClaimFact? Claim(string inNamespace, string name) => _claims.GetValueOrDefault($"{inNamespace}/{name}");

    public VolumeFact? Volume(string name) => _volumes.GetValueOrDefault(name);

    public StorageClassFact? Class(string name) => _classes.GetValueOrDefault(name);

    public void Set(ClaimFact claim) => _claims[$"{claim.Namespace}/{claim.Name}"] = claim;

    public void Set(VolumeFact volume) => _volumes[volume.Name] = volume;

    public void Set(StorageClassFact storageClass) => _classes[storageClass.Name] = storageClass;

    public void RemoveClaim(string inNamespace, string name) => _claims.Remove($"{inNamespace}/{name}");

    public void RemoveVolume(string name) => _volumes.Remove(name);

    public void RemoveClass(string name) => _classes.Remove(name);
}
