/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * awaited.h - the paths whose answer is awaited: the tables of their maps wait for it, at startup
 * for all.  For: the daemon's control.
 */
#pragma once

struct daemon;
struct daemon_path;

/** awaited_begin() - a new path: its map waits for the answer of its first check */
void awaited_begin(struct daemon_path *path);

/** awaited_again() - its map waits for the next answer, as at startup; nothing waits for a bad path
 */
void awaited_again(struct daemon_path *path);

/**
 * awaited_priority() - another prioritizer was chosen: its map waits for the answer of a check that
 * begins from now on
 */
void awaited_priority(struct daemon_path *path);

/**
 * awaited_note_answer() - its map no longer waits for it, unless it was asked before its
 * prioritizer was chosen
 */
void awaited_note_answer(struct daemon_path *path);

/**
 * awaited_end() - its first answer has come, or is overdue: mark its map, which uses what is known
 * of it
 */
void awaited_end(struct daemon_path *path);

/**
 * awaited_end_all() - stop waiting for all paths without a first answer; they are added to their
 * maps when it arrives
 */
void awaited_end_all(struct daemon *daemon);

/** awaited_forget() - the path is going away; no map is marked */
void awaited_forget(struct daemon_path *path);
