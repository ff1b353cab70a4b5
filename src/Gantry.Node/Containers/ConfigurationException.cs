namespace Gantry.Node.Containers;

/// <summary>A container cannot be made because something that its configuration names is missing or wrong; the message is for the pod's user.</summary>
public sealed class ConfigurationException : Exception
{
    public ConfigurationException(string message, Exception? inner = null) : base(message, inner)
    {
    }

    /// <summary>The reason shown in the container's waiting state.</summary>
    public string Reason { get; init; } = "CreateContainerConfigError";
}
