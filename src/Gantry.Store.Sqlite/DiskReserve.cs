namespace Gantry.Store.Sqlite;

/// <summary>A file that only takes up room, so that there is some left for deletes and compaction when the disk is full.</summary>
internal sealed class DiskReserve(string file, long bytes)
{
    /// <summary>True when the room is set aside, or none is wanted.</summary>
    public bool TryTake()
    {
        try
        {
            if (bytes == 0 || (File.Exists(file) && new FileInfo(file).Length == bytes))
            {
                return true;
            }
            File.Delete(file);
            using var stream = PrivateFile.Open(file, FileMode.CreateNew, FileShare.None, bytes);
            stream.SetLength(bytes);
            return true;
        }
        catch (IOException)
        {
            Release();
            return false;
        }
    }

    public void Release()
    {
        try
        {
            File.Delete(file);
        }
        catch (IOException)
        {
            // Nothing is lost: the room stays taken, and the write that needed it is refused.
        }
    }
}
