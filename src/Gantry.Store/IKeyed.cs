namespace Gantry.Store;

/// <summary>Has a key that never changes.</summary>
public interface IKeyed
{
    string Key { get; }
}
