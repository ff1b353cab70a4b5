namespace Gantry.Node.Volumes;

/// <summary>A volume could not be put in place; the message is for the pod's user.</summary>
public sealed class VolumeException : Exception
{
    public VolumeException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}
