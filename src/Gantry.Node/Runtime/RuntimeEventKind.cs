namespace Gantry.Node.Runtime;

public enum RuntimeEventKind
{
    Exit,
    OutOfMemory,
}
