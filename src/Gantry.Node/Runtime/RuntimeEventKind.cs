namespace Gantry.Node.Runtime;

public enum RuntimeEventKind
{
    Exit,
    OutOfMemory,

    /// <summary>An image came or changed its name; no container is concerned yet.</summary>
    Image,
}
