using Gantry.Api;
using Gantry.Api.Models;

namespace Gantry.Node.Probes;

/// <summary>The container that a probe or hook is about.</summary>
/// <param name="ContainerId">The runtime's id.</param>
/// <param name="Container">Its description, for the names of its ports.</param>
/// <param name="Address">Where its pod is reached.</param>
public sealed record ProbeTarget(string ContainerId, V1Container Container, string Address)
{
    /// <summary>The number of a port given by number or by name; null when no port has the name.</summary>
    public int? Port(IntOrString port) => port.IsInt ? port.IntValue
        : Container.Ports.FirstOrDefault(p => p.Name == port.StringValue)?.ContainerPort
            ?? (int.TryParse(port.StringValue, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : null);
}
