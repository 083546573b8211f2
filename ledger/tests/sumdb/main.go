// Reads what a log publishes from standard input and checks it with golang.org/x/mod/sumdb, the library behind Go's own
// checksum database: the checkpoint's signature, that records are in the tree, that the tree grew from an older one, and
// that its tiles lead to its root. Ends with 0 and "accepted" if all of it holds.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type published struct {
	Vkey    string
	Note    string
	Records []struct {
		Index int64
		Entry []byte
		Proof [][]byte
	}
	Older []struct {
		Size  int64
		Root  []byte
		Proof [][]byte
	}
	Tiles map[string][]byte
}

func main() {
	if err := check(); err != nil {
		fmt.Println("refused:", err)
		os.Exit(1)
	}
	fmt.Println("accepted")
}

func check() error {
	var log published
	if err := json.NewDecoder(os.Stdin).Decode(&log); err != nil {
		return err
	}
	key, err := note.NewVerifier(log.Vkey)
	if err != nil {
		return err
	}
	opened, err := note.Open([]byte(log.Note), note.VerifierList(key))
	if err != nil {
		return err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 || lines[0] != key.Name() {
		return fmt.Errorf("not a checkpoint of %s: %q", key.Name(), opened.Text)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return err
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil {
		return err
	}
	for _, record := range log.Records {
		leaf := tlog.RecordHash(record.Entry)
		if err := tlog.CheckRecord(hashes(record.Proof), size, root, record.Index, leaf); err != nil {
			return fmt.Errorf("record %d: %v", record.Index, err)
		}
	}
	for _, older := range log.Older {
		if err := tlog.CheckTree(hashes(older.Proof), size, root, older.Size, hash(older.Root)); err != nil {
			return fmt.Errorf("tree of %d: %v", older.Size, err)
		}
	}
	// A reader that takes no tile which does not lead to the root.
	reader := tlog.TileHashReader(tlog.Tree{N: size, Hash: root}, tiles(log.Tiles))
	for index := int64(0); index < size; index++ {
		if _, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, index)}); err != nil {
			return fmt.Errorf("tiles, record %d: %v", index, err)
		}
	}
	return nil
}

func hash(bytes []byte) (hash tlog.Hash) {
	copy(hash[:], bytes)
	return hash
}

func hashes(all [][]byte) []tlog.Hash {
	var parsed []tlog.Hash
	for _, bytes := range all {
		parsed = append(parsed, hash(bytes))
	}
	return parsed
}

type tiles map[string][]byte

func (tiles) Height() int { return 8 }

func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var read [][]byte
	for _, tile := range wanted {
		// Go writes tile/8/LEVEL/…; the specification that came of it leaves the height out.
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		bytes, ok := t[path]
		if !ok {
			return nil, fmt.Errorf("there is no %s", path)
		}
		read = append(read, bytes)
	}
	return read, nil
}

func (tiles) SaveTiles([]tlog.Tile, [][]byte) {}
