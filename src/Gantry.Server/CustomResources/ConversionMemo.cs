using Gantry.Api.Apply;
using Gantry.Api.Trees;
using Gantry.Server.Handling;
using Gantry.Server.Statuses;

namespace Gantry.Server.CustomResources;

/// <summary>
/// Conversions that field ownership asks for in the middle of a computation that does not wait. What is not known yet is noted and taken for missing; then it
/// is found out, and the computation is done again.
/// </summary>
internal sealed class ConversionMemo
{
    // Each turn finds out something new; an object has at most two states in each of its versions.
    private const int MostTurns = 32;

    private readonly ServedResource _resource;
    private readonly Dictionary<(TreeMap Value, string ApiVersion), TreeMap> _known = [];
    private readonly List<(TreeMap Value, ServedResource To)> _missing = [];
    private int _turns;

    public ConversionMemo(ServedResource resource) => _resource = resource;

    /// <summary>An object in another version; null where there is no such version, or where it is not known yet.</summary>
    public VersionedObject? Convert(TreeMap value, string apiVersion, string subresource)
    {
        if (_resource.Versions.FirstOrDefault(v => v.Type.ApiVersion == apiVersion) is not { } other)
        {
            return null;
        }

        if (_known.TryGetValue((value, apiVersion), out var converted))
        {
            return new VersionedObject(other.Managed.Shape, Canonical.Of(other.Type.Schema, converted), ResetFields.Of(other.Type, subresource));
        }

        _missing.Add(((TreeMap)value.DeepClone(), other));
        return null;
    }

    /// <summary>Finds out what was missing.</summary>
    /// <returns>Whether the computation is to be done again; or the refusal.</returns>
    public async ValueTask<(bool Again, ApiStatus? Refusal)> FillAsync(CancellationToken cancellation)
    {
        if (_missing.Count == 0)
        {
            return (false, null);
        }

        if (++_turns > MostTurns)
        {
            return (false, ApiStatus.Internal("the versions of the object's managed fields cannot be converted"));
        }

        foreach (var (value, to) in _missing)
        {
            var (converted, refusal) = await to.Custom!.Family.ConvertAsync(to.Custom, value, cancellation).ConfigureAwait(false);
            if (converted is null)
            {
                return (false, refusal);
            }

            _known[(value, to.Type.ApiVersion)] = converted;
        }

        _missing.Clear();
        return (true, null);
    }
}
