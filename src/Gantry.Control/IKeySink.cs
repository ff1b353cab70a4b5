using Gantry.Client;

namespace Gantry.Control;

/// <summary>Where a controller's watches put the keys to look at.</summary>
public interface IKeySink
{
    void Add(ObjectKey key);

    void AddAfter(ObjectKey key, TimeSpan delay);
}
